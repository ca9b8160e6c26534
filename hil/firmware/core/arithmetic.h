/* What the flight subset has and C has not, or not to the last bit. */
#ifndef VERMILION_ARITHMETIC_H
#define VERMILION_ARITHMETIC_H

#include <stdint.h>

/* The square root rounded to nearest, ties to even, as IEEE 754 and Python's math.sqrt have it; computed in integers,
 * because a soft-float library need not be correctly rounded. NaN of what is below zero. */
double vermilion_square_root(double x);

/* a // b for a positive b: rounded down, not towards zero as C does. */
static inline int32_t vermilion_floor_divide(int32_t a, int32_t b)
{
    return a / b - (a % b < 0);
}

/* a % b for a positive b: never negative. */
static inline int32_t vermilion_modulo(int32_t a, int32_t b)
{
    return a % b + (a % b < 0 ? b : 0);
}

/* a << b, also of what is below zero, which C leaves open. */
static inline int32_t vermilion_shift_left(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a << b);
}

#endif
