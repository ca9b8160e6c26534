"""The firmware on this computer: a shared library for ctypes, and a process that speaks over its standard streams."""

import sys

from hil.firmware.recipe import ZIG, Compiler, Product, Recipe

LIBRARY = {"win32": "vermilion.dll", "darwin": "libvermilion.dylib"}.get(sys.platform, "libvermilion.so")
PROCESS = "vermilion-host.exe" if sys.platform == "win32" else "vermilion-host"

RECIPE = Recipe(
    products=(
        Product(LIBRARY, ("library.c",), ("-shared",)),
        Product(PROCESS, ("process.c",)),
    ),
    compilers=(
        Compiler("gcc"),
        Compiler("cc"),
        Compiler("clang"),
        Compiler(ZIG, ("-fno-sanitize=undefined",)),
    ),
    flags=("-fvisibility=hidden", *(() if sys.platform == "win32" else ("-fPIC",))),
    missing="install gcc or clang, or the package ziglang",
)
