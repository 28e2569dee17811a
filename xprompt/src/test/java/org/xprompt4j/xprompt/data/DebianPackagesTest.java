package org.xprompt4j.xprompt.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Catalogue.DebianPackage;

class DebianPackagesTest {
    @TempDir
    Path folder;

    /** On a machine without apt-get, without the package or without a network alike: one line that says what to do. */
    @Test
    void aPackageThatCannotBeHadIsTheUsersFault() {
        DebianPackage none = new DebianPackage("no-such-package-anywhere", "1.0", "00", Tier.A);
        assertThatThrownBy(() -> new DebianPackages(folder).provide(none)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("Debian 12").satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
        assertThat(folder.resolve("packages")).isEmptyDirectory();
    }

    @Test
    void whatIsUnpackedIsUsedAgain() throws Exception {
        Path unpacked = Files.createDirectories(folder.resolve("unpacked/some"));
        assertThat(new DebianPackages(folder).provide(new DebianPackage("some", "1", "00", Tier.A))).isEqualTo(unpacked);
        new DebianPackages(folder).removeUnpacked();
        assertThat(unpacked).doesNotExist();
    }

    @Test
    void theCatalogueIsWhole() {
        Catalogue catalogue = Catalogue.load();
        assertThat(catalogue.alwaysTest).hasSize(16);
        assertThat(catalogue.packages).allSatisfy(p -> assertThat(p.sha256()).matches("[0-9a-f]{64}"));
        assertThat(catalogue.photographs).allSatisfy(p -> assertThat(catalogue.packages).anyMatch(q -> q.name().equals(p.packageName())));
        assertThat(GcomprisPhotographs.caption("greatPyramidOfGiza2")).isEqualTo("great pyramid of giza");
    }
}
