"""Mail in files: which folder a directory stands for."""

from pathlib import Path

from outlook365_emulator.client.mime_files import messages_in


def test_directories_are_folders_as_they_are_called(tmp_path: Path) -> None:
    for folder in ("", "Projects/2026", ".kept"):
        tmp_path.joinpath(folder).mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(folder, "one.eml").write_bytes(b"Subject: One\r\n\r\n")
    assert {found.folder for found in messages_in(tmp_path)} == {"", "Projects/2026", ".kept"}
