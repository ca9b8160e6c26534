"""The firmware of the STM32F4 family, one image for all of it and for the emulators."""

from hil.firmware.recipe import ZIG, Compiler, Product, Recipe

IMAGE = "vermilion-stm32f4.elf"
FLASH_BYTES = 256 * 1024
RAM_BYTES = 64 * 1024
"""Of an F401xC, the smallest of the family that is meant."""

_LINK = ("-Wl,-T,port/memory.ld", "-Wl,--gc-sections", "-lgcc")

RECIPE = Recipe(
    products=(
        Product(
            IMAGE,
            ("arithmetic.c", "clock.c", "dma.c", "main.c", "memory.c", "startup.c", "subtraction.c", "uart.c"),
            _LINK,
        ),
    ),
    compilers=(
        Compiler(
            "arm-none-eabi-gcc",
            (
                "-mcpu=cortex-m4",
                "-mthumb",
                "-mfloat-abi=hard",
                "-mfpu=fpv4-sp-d16",
                "-fno-tree-loop-distribute-patterns",
                "-nostdlib",
                "-Wl,--wrap=__aeabi_dadd",
                "-Wl,--wrap=__aeabi_dsub",
                "-Wl,--no-warn-rwx-segments",
            ),
        ),
        Compiler(
            ZIG,
            (
                "-target",
                "thumb-freestanding-eabihf",
                "-mcpu=cortex_m4+vfp4d16sp",
                "-fno-sanitize=undefined",
                "-fno-builtin",
                "-Wl,-e,Reset_Handler",
                "-Wl,-z,max-page-size=4",
                "-gline-tables-only",
                "-fdebug-compilation-dir=.",
            ),
        ),
    ),
    flags=("-O2", "-ffreestanding", "-fno-common", "-ffunction-sections", "-fdata-sections"),
    missing="apt-get install gcc-arm-none-eabi, or install the package ziglang",
)
