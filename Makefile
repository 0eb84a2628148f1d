# 两条命令：make run 启动，make test 测试。其余见 make help。

.PHONY: help score run test lint format passwords screens requirements clean-data
.DEFAULT_GOAL := help

help: ## 列出各条命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: ## 启动（PORT=8001 换端口；PLAN=方案.docx 导入自己的方案，待核对）
	@sh tools/bootstrap.sh run
	@PYTHONUTF8=1 exec .venv/bin/python -m zhenggai.cli run

test: ## 代码检查和全部测试（TESTS="路径或 pytest 参数" 只运行一部分）
	@sh tools/bootstrap.sh test
	@sh tools/browser.sh
	@sh tools/test.sh $(TESTS)

lint: ## 只做代码检查：ruff、导入方向、类型
	@sh tools/bootstrap.sh test
	@sh tools/lint.sh

format: ## 整理代码格式
	@sh tools/bootstrap.sh test
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

passwords: ## 给示范账号换新密码并显示
	@sh tools/bootstrap.sh run
	@PYTHONUTF8=1 .venv/bin/python -m zhenggai.cli run --passwords

screens: ## 重拍 README 里的界面图（docs/screens）
	@sh tools/bootstrap.sh test
	@sh tools/browser.sh
	@.venv/bin/python -m zhenggai.ui.assets
	@SCREENS=var/screens .venv/bin/python -m pytest -q tests/browser/test_screens.py
	@mkdir -p docs/screens
	@for name in 01-my-work 03-ledger 04-task 05-intake 10-notices 15-portal-notice; do cp var/screens/$$name.png docs/screens/; done

requirements: ## 写 docs/requirements.md：哪条要求在哪里、由哪些测试证明
	@sh tools/bootstrap.sh test
	@PYTHONUTF8=1 .venv/bin/python tools/requirements.py

score: ## 检验提取的准确率和召回率，写进 docs/measured.md
	@sh tools/bootstrap.sh test
	@PYTHONUTF8=1 .venv/bin/python tools/score.py --write

clean-data: ## 删除数据库、文件和密钥（要加 SURE=yes）
	@PYTHONUTF8=1 .venv/bin/python -m zhenggai.serve.clean $(SURE)
