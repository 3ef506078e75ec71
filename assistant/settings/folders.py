"""Where Privet keeps what it keeps, by the rules of the system or all in one folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import BadInput

HOME_VARIABLE: Final = "PRIVET_HOME"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one Privet; absolute, none of them created yet.

    data: the vault and the index. config: settings. cache: what can be thrown away. models: models
    that a person added. logs: what happened, without content.
    """

    data: Path
    config: Path
    cache: Path
    models: Path
    logs: Path

    @classmethod
    def standard(cls) -> Folders:
        """The system's usual folders, or those inside `PRIVET_HOME` where that is set.

        Raises BadInput where `PRIVET_HOME` names something that is not a folder.
        """
        home = os.environ.get(HOME_VARIABLE, "")
        if home:
            return cls.inside(Path(home))
        from platformdirs import PlatformDirs

        system = PlatformDirs("privet", appauthor=False, roaming=False)
        data = system.user_data_path
        return cls(data, system.user_config_path, system.user_cache_path, data / "models", system.user_log_path)

    @classmethod
    def inside(cls, home: Path) -> Folders:
        """All folders inside one. Raises BadInput where `home` exists and is not a folder."""
        home = home.expanduser().absolute()
        if home.exists() and not home.is_dir():
            raise BadInput(f"{HOME_VARIABLE} names {home}, which is not a folder.", "Name a folder, or unset it.")
        return cls(home / "data", home / "config", home / "cache", home / "models", home / "logs")

    @property
    def embedded_models(self) -> Path:
        """The folder that comes with the program: `catalog.toml` and the models it describes."""
        return Path(__file__).absolute().parents[2] / "models"
