/* Correct rounding for libgcc's double addition on ARM.
 *
 * libgcc (GCC 12.2, ieee754-df.S) is 1 unit off in the last place when two doubles of opposite signs have exponents that
 * differ by exactly 33 and the difference loses its leading bit: 1.0 - 0x1.af6ff5135d448p-33 is the shortest case. Those
 * pairs, and no others, are subtracted here; the linker's --wrap sends every addition and subtraction this way.
 * Not needed, and not linked, where the compiler brings its own library (zig's compiler-rt).
 */

#include <stdbool.h>
#include <stdint.h>

#define SOFT __attribute__((pcs("aapcs"))) /* doubles in core registers, as the library's own functions have them */

SOFT double __real___aeabi_dadd(double a, double b);
SOFT double __wrap___aeabi_dadd(double a, double b);
SOFT double __wrap___aeabi_dsub(double a, double b);

#define SIGN (UINT64_C(1) << 63)
#define HIDDEN_BIT (UINT64_C(1) << 52)
#define FRACTION (HIDDEN_BIT - 1u)
#define INFINITE 0x7FFu
#define FAULTY_DISTANCE 33u
#define GUARD_BITS 10u

union number {
    double value;
    uint64_t bits;
};

static uint32_t exponent_of(uint64_t bits)
{
    return (uint32_t)(bits >> 52) & INFINITE;
}

/* |larger| - |smaller| with the larger one's sign; exponents 33 apart, so that the larger one and the result are normal. */
static uint64_t difference(uint64_t larger, uint64_t smaller)
{
    uint64_t exponent = exponent_of(larger);
    uint64_t subtrahend = smaller & FRACTION;
    if (exponent_of(smaller) != 0u)
        subtrahend |= HIDDEN_BIT;
    const uint64_t beyond = subtrahend & ((UINT64_C(1) << (FAULTY_DISTANCE - GUARD_BITS)) - 1u);
    uint64_t rest = ((larger & FRACTION) | HIDDEN_BIT) << GUARD_BITS;
    rest -= subtrahend >> (FAULTY_DISTANCE - GUARD_BITS);
    if (beyond != 0u)
        rest = (rest - 1u) | 1u; /* rounded down, and marked as not exact */
    if ((rest & (HIDDEN_BIT << GUARD_BITS)) == 0u) {
        rest <<= 1;
        exponent--;
    }
    const uint64_t half = UINT64_C(1) << (GUARD_BITS - 1u);
    const uint64_t remainder = rest & (2u * half - 1u);
    rest >>= GUARD_BITS;
    if (remainder > half || (remainder == half && (rest & 1u) != 0u))
        rest++; /* a carry beyond the fraction raises the exponent below, as it should */
    return (larger & SIGN) | ((exponent << 52) + (rest - HIDDEN_BIT));
}

SOFT double __wrap___aeabi_dadd(double a, double b)
{
    union number first = {.value = a}, second = {.value = b};
    if (((first.bits ^ second.bits) & SIGN) != 0u) {
        const uint32_t first_exponent = exponent_of(first.bits), second_exponent = exponent_of(second.bits);
        /* The smallest normal numbers and the subnormals have the same unit. */
        const uint32_t first_unit = first_exponent == 0u ? 1u : first_exponent;
        const uint32_t second_unit = second_exponent == 0u ? 1u : second_exponent;
        if (first_exponent != INFINITE && second_exponent != INFINITE) {
            if (first_unit == second_unit + FAULTY_DISTANCE)
                return (union number){.bits = difference(first.bits, second.bits)}.value;
            if (second_unit == first_unit + FAULTY_DISTANCE)
                return (union number){.bits = difference(second.bits, first.bits)}.value;
        }
    }
    return __real___aeabi_dadd(a, b);
}

SOFT double __wrap___aeabi_dsub(double a, double b)
{
    union number negative = {.value = b};
    negative.bits ^= SIGN;
    return __wrap___aeabi_dadd(a, negative.value);
}
