/* Clocks, the free-running timer and the watchdog. */

#include "board.h"
#include "registers.h"

#define INTERNAL_HZ 16000000u
#define FULL_HZ 84000000u
#define EMULATED_HZ 168000000u /* that QEMU's netduinoplus2 gives its core */
#define LONGEST_WAIT 200000u   /* turns of a waiting loop, some 10 ms: what is not ready then never will be */
#define MICROSECONDS_PER_SECOND 1000000u

static bool watched;

struct clocks start_clocks(void)
{
    /* At reset silicon has its internal oscillator on; what reads 0 here is no clock controller. */
    if (RCC_CR == 0u)
        return (struct clocks){true, EMULATED_HZ, EMULATED_HZ / 4u, EMULATED_HZ / 2u};
    struct clocks clocks = {false, INTERNAL_HZ, INTERNAL_HZ, INTERNAL_HZ};
    FLASH_ACR = FLASH_ACR_DATA_CACHE | FLASH_ACR_INSTRUCTION_CACHE | FLASH_ACR_PREFETCH | FLASH_ACR_TWO_WAIT_STATES;
    /* 16 MHz / 8 * 168 / 4; the fields Q and R, of no use here, keep what is legal on every member of the family. */
    RCC_PLLCFGR = (2u << 28) | (7u << 24) | (1u << 16) | (168u << 6) | 8u;
    RCC_CR |= RCC_CR_PLLON;
    for (uint32_t turn = 0u; turn < LONGEST_WAIT && (RCC_CR & RCC_CR_PLLRDY) == 0u; turn++) {
    }
    if ((RCC_CR & RCC_CR_PLLRDY) == 0u)
        return clocks;
    RCC_CFGR = RCC_CFGR_PPRE1_HALF | RCC_CFGR_SW_PLL;
    for (uint32_t turn = 0u; turn < LONGEST_WAIT && (RCC_CFGR & RCC_CFGR_SWS) != RCC_CFGR_SWS_PLL; turn++) {
    }
    if ((RCC_CFGR & RCC_CFGR_SWS) == RCC_CFGR_SWS_PLL)
        clocks = (struct clocks){false, FULL_HZ, FULL_HZ / 2u, FULL_HZ};
    else
        RCC_CFGR = 0u;
    return clocks;
}

/* Emulators clock TIM2 as they like (QEMU 7.2 at 1 GHz): measured against SysTick, which they clock as the core. */
static uint32_t measured_timer_hz(uint32_t core_hz)
{
    const uint32_t long_enough = core_hz / 500u;
    uint32_t core_ticks = 0u;
    SYST_RVR = SYST_MOST;
    SYST_CVR = 0u;
    SYST_CSR = SYST_CSR_ENABLE | SYST_CSR_CORE_CLOCK;
    const uint32_t core_before = SYST_CVR, timer_before = TIM2_CNT;
    uint32_t timer_ticks = 0u;
    for (uint32_t turn = 0u; turn < LONGEST_WAIT && core_ticks < long_enough; turn++) {
        core_ticks = (core_before - SYST_CVR) & SYST_MOST;
        timer_ticks = TIM2_CNT - timer_before;
    }
    SYST_CSR = 0u;
    const uint32_t passed_us = core_ticks / (core_hz / MICROSECONDS_PER_SECOND);
    return passed_us == 0u ? core_hz : timer_ticks / passed_us * MICROSECONDS_PER_SECOND;
}

void start_timer(const struct clocks *clocks)
{
    /* A bus that is divided clocks its timers at twice its own rate: TIM2 runs with the core. */
    uint32_t timer_hz = clocks->core_hz;
    if (!clocks->emulated)
        RCC_APB1ENR |= RCC_APB1ENR_TIM2;
    TIM2_PSC = 0u;
    TIM2_ARR = 0xFFFFFFFFu;
    TIM2_EGR = 1u;
    TIM2_CR1 = 1u;
    if (clocks->emulated)
        timer_hz = measured_timer_hz(clocks->core_hz);
    if (timer_hz >= MICROSECONDS_PER_SECOND)
        TIM2_PSC = timer_hz / MICROSECONDS_PER_SECOND - 1u;
    TIM2_EGR = 1u;
}

uint32_t microseconds(void)
{
    return TIM2_CNT;
}

void start_watchdog(const struct clocks *clocks)
{
    if (clocks->emulated)
        return;
    IWDG_KR = IWDG_KR_UNLOCK;
    IWDG_PR = IWDG_PR_BY_32;
    IWDG_RLR = 1000u; /* a second of the 32 kHz oscillator, which may be half as fast again */
    IWDG_KR = IWDG_KR_START;
    watched = true;
    SYST_RVR = clocks->core_hz / 10u - 1u;
    SYST_CVR = 0u;
    SYST_CSR = SYST_CSR_ENABLE | SYST_CSR_INTERRUPT | SYST_CSR_CORE_CLOCK;
}

void feed_watchdog(void)
{
    if (watched)
        IWDG_KR = IWDG_KR_FEED;
}

void tick(void)
{
    /* It is enough that the processor woke: the main loop feeds the watchdog, and only if it still runs. */
}
