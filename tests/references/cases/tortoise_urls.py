"""URLs as Tortoise has them: what follows the two slashes is the path."""

from tortoise import Tortoise

DATA = "/app/data"


async def start():
    await Tortoise.init(db_url="sqlite:///app/data/zoe.db", modules={"models": ["app.models"]})  #: url rewrite
    await Tortoise.init(db_url="sqlite://data/zoe.db?journal_mode=WAL")  #: url rewrite
    await Tortoise.init(db_url=f"sqlite://{DATA}/zoe.db")  #: url rewrite
    await Tortoise.init(db_url="sqlite:///backup/zoe.db")  #: url review
    await Tortoise.init(db_url="sqlite://:memory:")


TORTOISE_ORM = {
    "connections": {
        "default": {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": "/app/data/zoe.db"},  #: collection rewrite
        },
    },
    "apps": {"models": {"models": ["app.models"], "default_connection": "default"}},
}
