/* The firmware as a process: the bench's line is standard input and output. It ends when its input does. */
#include <stdio.h>

#include "firmware.h"

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#define read_some(bytes, size) _read(0, bytes, size)
#else
#include <unistd.h>
#define read_some(bytes, size) read(0, bytes, size)
#endif

static void write_answer(void *context, vermilion_link link, const uint8_t *bytes, size_t size)
{
    (void)context;
    if (link == VERMILION_BENCH) {
        (void)fwrite(bytes, 1, size, stdout);
    }
}

int main(void)
{
    static vermilion_firmware firmware;
    static const vermilion_board board = {
        .write = write_answer,
        .name = "native",
        .software = VERMILION_SOFTWARE,
    };
    uint8_t bytes[4096];
#ifdef _WIN32
    (void)_setmode(0, _O_BINARY);
    (void)_setmode(1, _O_BINARY);
#endif
    vermilion_boot(&firmware, &board, false);
    for (;;) {
        (void)fflush(stdout);
        const long count = (long)read_some(bytes, sizeof bytes);
        if (count <= 0) {
            return 0;
        }
        vermilion_receive(&firmware, bytes, (size_t)count);
    }
}
