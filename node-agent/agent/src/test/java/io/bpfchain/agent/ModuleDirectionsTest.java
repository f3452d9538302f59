package io.bpfchain.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The direction of dependencies: operator -> crds <- agent -> kernel -> planner. */
@AnalyzeClasses(packages = "io.bpfchain", importOptions = ModuleDirectionsTest.MainCode.class)
class ModuleDirectionsTest {
    /** Neither this module's tests nor the fixtures that other modules publish as test jars. */
    static final class MainCode implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule plannerIsPure = classes()
            .that()
            .resideInAPackage("io.bpfchain.planner..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.bpfchain.planner..", "java.lang..", "java.util..", "org.jspecify.annotations..");

    @ArchTest
    static final ArchRule kernelKnowsOnlyThePlanner = noClasses()
            .that()
            .resideInAPackage("io.bpfchain.kernel..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.bpfchain.agent..", "io.bpfchain.crds.."));

    @ArchTest
    static final ArchRule crdsKnowNoKernel = noClasses()
            .that()
            .resideInAPackage("io.bpfchain.crds..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.bpfchain.agent..", "io.bpfchain.kernel..", "io.bpfchain.planner.."));

    @ArchTest
    static final ArchRule readersOfChainFilesNeedNoKubernetesClient = noClasses()
            .that()
            .resideInAnyPackage("io.bpfchain.crds.file..", "io.bpfchain.agent..")
            .and()
            .resideOutsideOfPackages("io.bpfchain.agent.cluster.api..", "io.bpfchain.agent.fleet.api..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fabric8..");

    @ArchTest
    static final ArchRule nothingDependsOnTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackage("io.bpfchain.agent.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.bpfchain.agent.cli..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.bpfchain.(**)").should().beFreeOfCycles();
}
