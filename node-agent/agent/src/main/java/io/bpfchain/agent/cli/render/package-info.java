/** Text, JSON and YAML of what {@link io.bpfchain.agent.Host} answers. Pure: values in, text out. Field names are stable. */
@NullMarked
package io.bpfchain.agent.cli.render;

import org.jspecify.annotations.NullMarked;
