"""Where the database's own guards look for their tables. Used by migrations."""


def pinned(*functions: str) -> str:
    """SQL that makes `functions` (name with argument types) find the product's tables, never temporary ones of the same
    name: whoever signs in as the application's role may otherwise make those and show a guard what it wants to see."""
    each = "".join(
        f"    EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema());\n"
        for function in functions
    )
    return f"DO $$ BEGIN\n{each}END $$;"
