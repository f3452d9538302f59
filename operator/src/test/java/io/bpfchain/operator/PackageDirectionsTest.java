package io.bpfchain.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/** Decisions are pure, and packages have one direction. */
@AnalyzeClasses(packages = "io.bpfchain.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageDirectionsTest {
    @ArchTest
    static final ArchRule decisionsDoNoInputAndOutput = noClasses()
            .that()
            .resideInAnyPackage("..operator.rollout..", "..operator.removal..", "..operator.status..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..", "java.net..", "java.nio.file..", "java.io..");

    @ArchTest
    static final ArchRule decisionsAskNoClock = noClasses()
            .that()
            .resideInAnyPackage("..operator.rollout..", "..operator.removal..", "..operator.status..")
            .should()
            .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule nothingOfTheOperatorKnowsKernels = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.bpfchain.agent..", "io.bpfchain.kernel..", "io.bpfchain.planner..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.bpfchain.operator.(*)..").should().beFreeOfCycles();
}
