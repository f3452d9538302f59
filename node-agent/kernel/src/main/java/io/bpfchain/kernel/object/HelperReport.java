package io.bpfchain.kernel.object;

/**
 * A failure as the helper process reports it, checked but not yet explained.
 *
 * @param error errno, or a libbpf number (4000 and above)
 * @param detail of the failure: an ELF machine or file type
 * @param subject a function, a map or a path; may be empty
 * @param messages libbpf's warnings, one on each line
 * @param smallMapError errno of making a map of one entry after EPERM or ENOMEM; 0 when that worked
 * @param memlock RLIMIT_MEMLOCK in bytes, -1 for no limit
 * @param possibleCpus for sizes of per-CPU maps
 * @param unknownType 1 + index of the first function whose program and attach type the kernel does not know; 0 for none
 * @param log the verifier's, may be empty
 * @param logCut whether the log holds only errors and statistics because all of it did not fit
 */
record HelperReport(
        HelperFailure failure,
        int error,
        int detail,
        String subject,
        String messages,
        int smallMapError,
        long memlock,
        int possibleCpus,
        int unknownType,
        String log,
        boolean logCut) {}
