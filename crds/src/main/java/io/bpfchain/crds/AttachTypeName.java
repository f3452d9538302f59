package io.bpfchain.crds;

import java.util.Arrays;
import java.util.List;

/**
 * The values of {@code spec.attachType}: bpftool's names; types newer than bpftool 7.1 follow the same pattern
 * ({@code enum bpf_attach_type} in {@code include/uapi/linux/bpf.h}).
 *
 * <p>{@code lsm_cgroup} is not among them: it has one list for each LSM hook, so a cgroup and this type do not name a list.
 */
@SuppressWarnings("MemberName") // the constants are the words of the API
public enum AttachTypeName {
    cgroup_inet_ingress,
    cgroup_inet_egress,
    cgroup_inet_sock_create,
    cgroup_sock_ops,
    cgroup_device,
    cgroup_inet4_bind,
    cgroup_inet6_bind,
    cgroup_inet4_connect,
    cgroup_inet6_connect,
    cgroup_inet4_post_bind,
    cgroup_inet6_post_bind,
    cgroup_udp4_sendmsg,
    cgroup_udp6_sendmsg,
    cgroup_sysctl,
    cgroup_udp4_recvmsg,
    cgroup_udp6_recvmsg,
    cgroup_getsockopt,
    cgroup_setsockopt,
    cgroup_inet4_getpeername,
    cgroup_inet6_getpeername,
    cgroup_inet4_getsockname,
    cgroup_inet6_getsockname,
    cgroup_inet_sock_release,
    cgroup_unix_connect,
    cgroup_unix_sendmsg,
    cgroup_unix_recvmsg,
    cgroup_unix_getpeername,
    cgroup_unix_getsockname;

    /** All names, in the order of the kernel's numbers. */
    public static List<String> names() {
        return Arrays.stream(values()).map(AttachTypeName::name).toList();
    }
}
