package io.bpfchain.agent.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RenewableTest {
    @Test
    void anEarlierVersionIsSetBack() {
        assertThat(Renewable.isSetBack("99", "100")).isTrue();
        assertThat(Renewable.isSetBack("18446744073709551615", "18446744073709551616"))
                .isTrue();
    }

    @Test
    void theSameOrALaterVersionIsNot() {
        assertThat(Renewable.isSetBack("100", "100")).isFalse();
        assertThat(Renewable.isSetBack("100", "99")).isFalse();
    }

    @Test
    void whatIsNoNumberSaysNothing() {
        assertThat(Renewable.isSetBack("", "100")).isFalse();
        assertThat(Renewable.isSetBack("100", "")).isFalse();
        assertThat(Renewable.isSetBack("a", "b")).isFalse();
    }
}
