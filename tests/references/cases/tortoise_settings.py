"""Tortoise's setting, in a module that does not import it."""

TORTOISE_ORM = {
    "connections": {"default": "sqlite:///app/data/zoe.db"},  #: url rewrite
    "apps": {"models": {"models": ["app.models"], "default_connection": "default"}},
}
OTHER = {"url": "sqlite:////app/data/zoe.db"}  #: url rewrite
