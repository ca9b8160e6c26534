"""What flies, and the language it speaks."""

from typing import Final

VERSION: Final = "0.1.0"
