package io.bpfchain.crds.file;

import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Pattern;

/** What a scalar means, where every reader of YAML agrees on it. */
sealed interface ScalarValue {
    record Null() implements ScalarValue {}

    record Bool(boolean value) implements ScalarValue {}

    record Int(long value) implements ScalarValue {}

    /** A number that is not written as an integer. */
    record Fraction(double value) implements ScalarValue {}

    record Text(String value) implements ScalarValue {}

    /**
     * Refused.
     *
     * @param message why, and what to write instead
     */
    record Refused(String message) implements ScalarValue {}

    /** A longer number is no number that anyone means; the limit bounds the work. */
    int LONGEST_NUMBER = 40;

    Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    Set<String> TRUE = Set.of("true", "True", "TRUE");
    Set<String> FALSE = Set.of("false", "False", "FALSE");
    Set<String> YAML_1_1_BOOLEANS =
            Set.of("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF");
    Set<String> NOT_FINITE = Set.of(
            ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN");

    Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
    Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
    Pattern FRACTION = Pattern.compile("[-+]?(\\.[0-9]+|(0|[1-9][0-9]*)(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    Pattern AMBIGUOUS_NUMBER = Pattern.compile(
            "[-+]?(0[0-9]+|0[oO][0-7_]+|0[bB][01_]+|0[xX][0-9a-fA-F_]+|[0-9]++_[0-9_]*+|0[0-9]+\\.[0-9]*)");

    /** The meaning of a scalar without quotes. */
    static ScalarValue ofPlain(String text) {
        if (NULLS.contains(text)) {
            return new Null();
        }
        if (TRUE.contains(text) || FALSE.contains(text)) {
            return new Bool(TRUE.contains(text));
        }
        if (YAML_1_1_BOOLEANS.contains(text)) {
            return new Refused(
                    text
                            + " is a boolean for some readers of YAML and text for others: write true or false, or put it in quotes");
        }
        if (NOT_FINITE.contains(text)) {
            return new Refused(text + " is not a number that JSON has");
        }
        char first = text.charAt(0);
        boolean maybeNumber = (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
        return maybeNumber ? ofNumber(text) : new Text(text);
    }

    private static ScalarValue ofNumber(String text) {
        boolean integer = INTEGER.matcher(text).matches();
        boolean hexadecimal = !integer && HEXADECIMAL.matcher(text).matches();
        if (integer || hexadecimal) {
            try {
                return new Int(integer ? Long.parseLong(text) : Long.parseLong(text.substring(2), 16));
            } catch (NumberFormatException e) {
                return new Refused("the number does not fit into 64 bits with a sign: write it as a string, in quotes");
            }
        }
        if (AMBIGUOUS_NUMBER.matcher(text).matches()) {
            return new Refused(
                    text + " is read in different ways by different readers of YAML: write the number in decimal"
                            + " or with 0x, or put the text in quotes");
        }
        return FRACTION.matcher(text).matches() ? ofFraction(text) : new Text(text);
    }

    private static ScalarValue ofFraction(String text) {
        double value = text.length() <= LONGEST_NUMBER ? Double.parseDouble(text) : Double.NaN;
        boolean zero =
                value == 0 && text.chars().takeWhile(c -> c != 'e' && c != 'E').noneMatch(c -> c >= '1' && c <= '9');
        boolean exact = zero || (Double.isFinite(value) && value != 0 && writtenAs(text, value));
        return exact
                ? new Fraction(value)
                : new Refused("the number cannot be kept exactly: write it as a string, in quotes");
    }

    private static boolean writtenAs(String text, double value) {
        return new BigDecimal(text).compareTo(new BigDecimal(Double.toString(value))) == 0;
    }
}
