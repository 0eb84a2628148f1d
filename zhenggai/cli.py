"""The `zhenggai` command. Each subcommand is a module with `main(argv) -> int`, imported only when called:
`zhenggai extract` must start fast and never loads Django."""

import importlib
import sys

COMMANDS = {
    "extract": ("zhenggai.core.extract", "读一份文件（方案、公示、清单等）或一个文件夹，输出结构化结果；不需要数据库"),
    "run": ("zhenggai.serve.run", "启动整个系统：数据库、迁移、示范城市、网站"),
    "manage": ("zhenggai.serve.manage", "在本系统的数据库上运行一条 Django 管理命令"),
    "case": ("zhenggai.audit.cases", "核对一份销号案卷（一案一档）有没有被改动；不需要数据库"),
    "audit": ("zhenggai.serve.audit", "审计链：verify 逐条验证，export 导出可离线验证的副本"),
}


def usage() -> str:
    """The help text: one line a subcommand."""
    lines = [f"  {name:<8} {text}" for name, (_, text) in COMMANDS.items()]
    return "用法：zhenggai <命令> [参数]\n\n" + "\n".join(lines) + "\n\n各命令的参数：zhenggai <命令> --help"


def main(argv: list[str] | None = None) -> int:
    """Run the named subcommand; 0 when it worked, 2 when the words are off."""
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in {"-h", "--help"}:
        print(usage())
        return 0
    if argv[0] not in COMMANDS:
        print(f"没有“{argv[0]}”这个命令。\n\n{usage()}", file=sys.stderr)
        return 2
    module = importlib.import_module(COMMANDS[argv[0]][0])
    return int(module.main(argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
