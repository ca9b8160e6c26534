/* A power-on test of the computer's own arithmetic: additions that a compiler's library is known to round wrongly. */

#include "board.h"

struct addition {
    double first, second, sum;
};

/* Exponents 33 apart, signs opposite (subtraction.c says why); sums as IEEE 754 has them, rounded to nearest. */
static const struct addition additions[] = {
    {0x1.0000000000000p+0, -0x1.af6ff5135d448p-33, 0x1.fffffffe50901p-1},
    {0x1.0000000000000p+0, -0x1.7a9d9694dc096p-33, 0x1.fffffffe85627p-1},
    {0x1.0000000000003p+300, -0x1.873c748f6410ep+267, 0x1.fffffffe78c3fp+299},
    {0x1.0000000000002p+7, -0x1.8000000000000p-26, 0x1.fffffffe80004p+6},
    {-0x1.47cdad5db20cap+60, 0x1.51c83cd1c78a6p+27, -0x1.47cdad5d09288p+60},
    {-0x1.369ef03fb2436p-11, 0x1.48d1111fd8c26p+22, 0x1.48d1111f3d72ep+22},
    {0x1.0000000000002p+22, -0x1.8000000000000p-11, 0x1.fffffffe80004p+21},
    {0x1.0000000000003p+60, -0x1.8000000000000p+27, 0x1.fffffffe80006p+59},
    {-0x1.1035f5a4c4320p+300, 0x1.17e03ae3d4320p+267, -0x1.1035f5a43841ep+300},
    {0x1.0000000000000p+22, -0x1.ad41e3d4eb58cp-11, 0x1.fffffffe52be2p+21},
    {0x1.0000000000000p+300, -0x1.8000000000000p+267, 0x1.fffffffe80000p+299},
    {0x1.0000000000000p+22, -0x1.03cbb29dfb4b0p-11, 0x1.fffffffefc345p+21},
    {0x1.bab7bff397a7fp+0, -0x1.7bbfed0112778p-33, 0x1.bab7bff2d9c80p+0},
    {0x1.0000000000001p+7, -0x1.f262891038e59p-26, 0x1.fffffffe0d9d9p+6},
    {-0x1.0000000000001p-200, 0x1.514fd6f9b2942p-233, -0x1.fffffffeaeb05p-201},
    {0x1.0000000000000p+22, -0x1.e85cf213f452bp-11, 0x1.fffffffe17a31p+21},
    {0x1.0000000000000p+60, -0x1.ece7ad14ad952p+27, 0x1.fffffffe13185p+59},
    {0x1.a0044e1caf5f3p+267, -0x1.0000000000003p+300, -0x1.fffffffe5ffc1p+299},
    {-0x1.1403ffb255f1bp+7, 0x1.1e0e97465b2aep-26, -0x1.1403ffb1c6ea6p+7},
    {-0x1.92db8fade9a90p-33, 0x1.c5a3d2c05a4bep+0, 0x1.c5a3d2bf90de2p+0},
    {0x1.d057139b5b9dfp-33, -0x1.0000000000000p+0, -0x1.fffffffe2fa8fp-1},
    {-0x1.0000000000000p+1, 0x1.ad004b239b8cbp-32, -0x1.fffffffe52ffbp+0},
    {0x1.c133d1157d7c4p-233, -0x1.f7d20080fe2c6p-200, -0x1.f7d200801d927p-200},
    {-0x1.0000000000000p+7, 0x1.8658c8e41a491p-26, -0x1.fffffffe79a73p+6},
};

bool arithmetic_is_right(void)
{
    for (uint32_t place = 0u; place < sizeof additions / sizeof additions[0]; place++) {
        /* Read at run time: the compiler must not do the sum itself. */
        const volatile struct addition *addition = &additions[place];
        const double first = addition->first, second = addition->second, negative = -second, sum = addition->sum;
        if (first + second < sum || first + second > sum || first - negative < sum || first - negative > sum)
            return false;
    }
    return true;
}
