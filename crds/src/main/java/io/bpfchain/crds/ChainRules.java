package io.bpfchain.crds;

/**
 * The rules that a schema cannot express, as sentences. Each stands once as a CEL rule in the CRD, which the API server
 * evaluates, and once in the reader of chain files; both say exactly this, and the reader adds which program, object or map it is about.
 */
public final class ChainRules {
    public static final String CHAIN_NAME =
            "metadata.name must be a DNS label of at most 52 characters: a-z, 0-9 and -, with a letter or digit at both ends";
    public static final String PROGRAM_NAMES = "the names of the programs of a chain must differ";
    public static final String OBJECT_NAMED = "where a chain has more than one object, every program must name its own";
    public static final String OBJECT_EXISTS = "a program names an object that the chain does not have";
    public static final String OBJECT_USED = "every object must be used by a program";
    public static final String FUNCTION_ONCE =
            "two programs must not be the same function of the same object: the kernel refuses one program twice in a list";
    public static final String ONE_CGROUP = "exactly one of path, kubepods and pods must be set";
    public static final String SELECTOR_VALUES = "In and NotIn need values, Exists and DoesNotExist have none";
    public static final String CGROUP_PATH =
            "must begin with / and have no empty, . or .. segment, no / at the end and no control characters";
    public static final String CGROUP_WILDCARDS =
            "of wildcards there are only * and ?, within a segment; **, [ ] and { } are refused";
    public static final String ONE_SOURCE = "exactly one of file, url, configMap and oci must be set";
    public static final String HTTPS =
            "must be an https:// URL with a host, without user name, password, blanks or fragment";
    public static final String ONE_ENTRIES_SOURCE = "exactly one of file, configMap and oci must be set";
    public static final String ONE_ENTRIES = "entries and entriesFrom exclude each other";
    public static final String WITH_PROGRAM_ENTRIES = "onEntriesChange: WithProgram needs entries or entriesFrom";
    public static final String WRITTEN_ENTRIES =
            "writtenByProgram needs entries or entriesFrom: the contents of other maps are the program's own anyway";
    public static final String WITH_PROGRAM_WRITTEN =
            "onEntriesChange: WithProgram excludes writtenByProgram: what the program wrote would be lost with each new list";
    public static final String WITH_PROGRAM_SHARED =
            "onEntriesChange: WithProgram excludes sharedAs: replacing one program cannot swap a map that others use";
    public static final String SHARED_FRESH =
            "onUpdate: Fresh excludes sharedAs: a map that others use cannot start empty for one of them";

    private ChainRules() {}
}
