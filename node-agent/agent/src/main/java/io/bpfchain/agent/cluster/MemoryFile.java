package io.bpfchain.agent.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.state.DurableFiles;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The file {@code memory.json}: whole or not there. From one that cannot be read nothing is concluded, and it is kept beside the one that is
 * written instead.
 */
final class MemoryFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Path refused;
    private boolean isRefused;

    MemoryFile(Path file) {
        this.file = file;
        this.refused = file.resolveSibling(file.getFileName() + ".refused");
    }

    /** What the file says. */
    sealed interface Memory {
        record Known(NodeMemory memory) implements Memory {}

        /** There is none: this machine is new, or the file was lost. */
        record None() implements Memory {}

        /** It was written on another machine, is not what an agent wrote, or cannot be read. */
        record Refused(String why) implements Memory {}
    }

    /** Reads it for the machine with this id. */
    Memory read(String machineId) {
        Memory memory = reading(machineId);
        isRefused = memory instanceof Memory.Refused;
        return memory;
    }

    private Memory reading(String machineId) {
        try {
            Optional<byte[]> bytes = DurableFiles.read(file);
            if (bytes.isEmpty()) {
                return new Memory.None();
            }
            NodeMemory memory = parse(JSON.readTree(bytes.get()));
            return memory.machineId().equals(machineId)
                    ? new Memory.Known(memory)
                    : new Memory.Refused(file + " was written on the machine with id " + memory.machineId()
                            + ", and this one is " + machineId + ": the disk is a copy of another node's");
        } catch (StateException e) {
            return new Memory.Refused(String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            return new Memory.Refused(file + " is not what an agent wrote: " + e.getMessage());
        }
    }

    /** Writes it; does not return before it would survive a power failure. */
    void write(NodeMemory memory) {
        if (isRefused) {
            DurableFiles.move(file, refused);
            isRefused = false;
        }
        DurableFiles.write(file, json(memory).toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode json(NodeMemory memory) {
        ObjectNode json = JSON.createObjectNode();
        json.put("clusterUID", memory.clusterUid());
        json.put("machineID", memory.machineId());
        json.put("objectUID", memory.objectUid());
        json.put("generation", memory.generation());
        json.put("nodeUID", memory.spec().nodeUID());
        json.put("complete", memory.spec().complete());
        json.put("drain", memory.spec().drain());
        json.set("spec", assignments(memory.spec().assignments()));
        json.set("assigned", assignments(memory.assigned().values()));
        memory.unlisted().forEach(json.putArray("unlisted")::add);
        memory.released().forEach(json.putArray("released")::add);
        memory.runs().forEach(json.putObject("runs")::put);
        return json;
    }

    private static ArrayNode assignments(Collection<Assignment> all) {
        ArrayNode list = JSON.createArrayNode();
        for (Assignment a : all) {
            ObjectNode one = list.addObject();
            one.put("chain", a.chain()).put("revision", a.revision()).put("digest", a.digest());
            one.put("retain", a.retain());
            a.requires().forEach(one.putArray("requires")::add);
        }
        return list;
    }

    private static NodeMemory parse(JsonNode json) {
        Map<String, Assignment> assigned = new TreeMap<>();
        assignments(json.required("assigned")).forEach(a -> assigned.put(a.chain(), a));
        Map<String, String> runs = new TreeMap<>();
        json.required("runs")
                .properties()
                .forEach(r -> runs.put(r.getKey(), r.getValue().asText()));
        return new NodeMemory(
                json.required("clusterUID").asText(),
                json.required("machineID").asText(),
                json.required("objectUID").asText(),
                json.required("generation").asLong(),
                new CgroupProgramNodeSpec(
                        json.required("nodeUID").asText(),
                        json.required("complete").asBoolean(),
                        assignments(json.required("spec")),
                        json.path("drain").asBoolean()), // absent where an older agent wrote it
                assigned,
                names(json.required("unlisted")),
                names(json.required("released")),
                runs);
    }

    private static Set<String> names(JsonNode list) {
        Set<String> names = new TreeSet<>();
        list.forEach(n -> names.add(n.asText()));
        return names;
    }

    private static List<Assignment> assignments(JsonNode list) {
        List<Assignment> all = new ArrayList<>();
        for (JsonNode one : list) {
            List<String> requires = new ArrayList<>();
            one.required("requires").forEach(r -> requires.add(r.asText()));
            all.add(new Assignment(
                    one.required("chain").asText(),
                    one.required("revision").asLong(),
                    one.required("digest").asText(),
                    one.required("retain").asBoolean(),
                    requires));
        }
        return all;
    }
}
