/* The four functions that compilers call in freestanding programs too. */

#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *first, const void *second, size_t size);

void *memcpy(void *to, const void *from, size_t size)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    if ((((uintptr_t)target | (uintptr_t)source) & 3u) == 0u) {
        for (; size >= 16u; size -= 16u, target += 16, source += 16) {
            uint32_t *words = (uint32_t *)(void *)target;
            const uint32_t *others = (const uint32_t *)(const void *)source;
            const uint32_t first = others[0], second = others[1], third = others[2], fourth = others[3];
            words[0] = first;
            words[1] = second;
            words[2] = third;
            words[3] = fourth;
        }
        for (; size >= 4u; size -= 4u, target += 4, source += 4)
            *(uint32_t *)(void *)target = *(const uint32_t *)(const void *)source;
    }
    while (size-- > 0u)
        *target++ = *source++;
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    uint8_t *target = to;
    const uint8_t *source = from;
    if ((uintptr_t)target <= (uintptr_t)source)
        return memcpy(to, from, size);
    while (size-- > 0u)
        target[size] = source[size];
    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *target = to;
    while (size-- > 0u)
        *target++ = (uint8_t)value;
    return to;
}

int memcmp(const void *first, const void *second, size_t size)
{
    const uint8_t *left = first, *right = second;
    for (; size > 0u; size--, left++, right++) {
        if (*left != *right)
            return *left < *right ? -1 : 1;
    }
    return 0;
}
