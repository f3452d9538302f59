package io.bpfchain.agent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupPatternTest {
    @ParameterizedTest
    @CsvSource({
        "user-*.slice, user-1000.slice, true",
        "user-*.slice, user-.slice, true",
        "user-*.slice, user.slice, false",
        "*, anything, true",
        "**, anything, true",
        "?, a, true",
        "?, ab, false",
        "a?c, abc, true",
        "*a*b*c, xxaxxbxxc, true",
        "*a*b*c, xxaxxbxx, false",
        "dev\\x2d*.mount, dev\\x2dsda.mount, true",
        "dev\\x2d*.mount, dev-sda.mount, false",
        "dev\\*, dev\\sda, true",
        "dev\\*, dev*, false",
        "[ab], a, false",
        "[ab], [ab], true",
        "{a}, a, false",
        "aaaaaaaaaaaaaaaaaaaaaaaa*a*a*a*b, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, false"
    })
    void matchesWithinOneSegment(String pattern, String name, boolean matches) {
        assertThat(pattern("/" + pattern).matches(0, name)).isEqualTo(matches);
    }

    @Test
    void isMadeOfSegments() {
        assertThat(pattern("/").segments()).isEmpty();
        assertThat(pattern("/a//b/").segments()).containsExactly("a", "b");
        assertThat(pattern("/a/b*/c").literalPrefix()).isEqualTo("/a");
        assertThat(pattern("/*").literalPrefix()).isEqualTo("/");
        assertThat(pattern("/a/b").isGlob()).isFalse();
        assertThat(pattern("/a/b?").isGlob()).isTrue();
    }

    @Test
    void neverLeavesTheRoot() {
        for (String path : List.of("/..", "/a/../b", "/a/..", "/.", "/a/./b", "a", "", "../a", "/*/..")) {
            assertThat(CgroupPattern.parse(path)).as(path).isInstanceOf(CgroupPattern.Parsed.Malformed.class);
        }
        assertThat(pattern("/..a/b..").segments()).containsExactly("..a", "b..");
    }

    private static CgroupPattern pattern(String text) {
        return ((CgroupPattern.Parsed.Pattern) CgroupPattern.parse(text)).pattern();
    }
}
