#include "arithmetic.h"

typedef union {
    double number;
    uint64_t bits;
} double_bits;

double vermilion_square_root(double x)
{
    const uint64_t infinity = 0x7ff0000000000000u;
    const uint64_t implied = (uint64_t)1 << 52;
    double_bits value = {.number = x};
    if (value.bits << 1 == 0 || value.bits == infinity) {
        return x;
    }
    if (value.bits > infinity) { /* below zero, or NaN of either sign */
        value.bits = 0x7ff8000000000000u;
        return value.number;
    }
    int32_t exponent = (int32_t)(value.bits >> 52);
    uint64_t mantissa = value.bits & (implied - 1);
    if (exponent == 0) {
        exponent = 1;
        while (mantissa < implied) {
            mantissa <<= 1;
            exponent -= 1;
        }
    } else {
        mantissa |= implied;
    }
    exponent -= 1023;
    if (exponent % 2 != 0) {
        mantissa <<= 1;
        exponent -= 1;
    }
    /* Digit by digit: the root of mantissa * 2^54, which has 54 bits, the last of them for rounding. It never lies
     * half-way between two doubles: the square of such a number has more digits than a double. */
    uint64_t root = 0;
    uint64_t rest = 0;
    for (int32_t digit = 0; digit < 54; digit++) {
        rest = (rest << 2) | ((mantissa >> 52) & 3u);
        mantissa <<= 2;
        root <<= 1;
        const uint64_t trial = (root << 1) | 1u;
        if (rest >= trial) {
            rest -= trial;
            root |= 1u;
        }
    }
    const uint64_t biased = (uint64_t)(exponent / 2 + 1023);
    value.bits = (biased << 52) + ((root >> 1) - implied) + (root & 1u);
    return value.number;
}
