package org.xprompt4j.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tests.architecture.Sources.Source;

/** Whoever opens the javadoc of an exported package finds a sentence at every public name. */
class PublicCommentsTest {
    private static final Pattern EXPORT = Pattern.compile("(?m)^\\s*exports ([\\w.]+)");

    /** Packages that modules export. */
    private static Set<String> exported() {
        return Sources.main().stream().filter(Source::isModuleInfo).flatMap(source -> Sources.matches(EXPORT, source.text()).stream())
                .collect(Collectors.toSet());
    }

    @Test
    void everyExportedNameHasAComment() throws IOException {
        Set<String> packages = exported();
        List<Source> sources = Sources.main().stream().filter(source -> packages.contains(source.packageName())).toList();
        assertThat(sources).as("exported sources").hasSizeGreaterThan(150);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> bare = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null,
                    files.getJavaFileObjectsFromPaths(sources.stream().map(Source::path).toList()));
            DocTrees trees = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) { // parsed only: no class path is needed
                new Scan(trees, unit, bare).scan(unit, null);
            }
        }
        assertThat(bare).as("public names without a comment").isEmpty();
    }

    /** Looks at public types, their public members, and the members of interfaces; what overrides says what it overrides. */
    private static final class Scan extends TreePathScanner<Void, Void> {
        private final DocTrees trees;
        private final CompilationUnitTree unit;
        private final List<String> bare;

        Scan(DocTrees trees, CompilationUnitTree unit, List<String> bare) {
            this.trees = trees;
            this.unit = unit;
            this.bare = bare;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (!isPublic(type.getModifiers())) {
                return null;
            }
            require(type.getSimpleName().toString());
            return super.visitClass(type, unused);
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            boolean overrides = method.getModifiers().getAnnotations().stream().anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
            if (isPublic(method.getModifiers()) && !overrides && isWritten(method)) {
                require(method.getName().toString());
            }
            return null; // what a body holds is nobody's API
        }

        @Override
        public Void visitBlock(BlockTree initialiser, Void unused) {
            return null; // nor is what a class does before its first use
        }

        @Override
        public Void visitVariable(VariableTree field, Void unused) {
            // A record's components and their fields stand in the comment of the record.
            boolean component = ((ClassTree) getCurrentPath().getParentPath().getLeaf()).getKind() == Tree.Kind.RECORD
                    && !field.getModifiers().getFlags().contains(Modifier.STATIC);
            if (isPublic(field.getModifiers()) && !component) {
                require(field.getName().toString());
            }
            return null;
        }

        private boolean isPublic(ModifiersTree modifiers) {
            Tree around = getCurrentPath().getParentPath().getLeaf();
            boolean ofInterface = around.getKind() == Tree.Kind.INTERFACE && !modifiers.getFlags().contains(Modifier.PRIVATE);
            return ofInterface || modifiers.getFlags().contains(Modifier.PUBLIC);
        }

        /** False for the constructors that the parser adds where there is none. */
        private boolean isWritten(MethodTree method) {
            return trees.getSourcePositions().getEndPosition(unit, method) >= 0;
        }

        private void require(String name) {
            DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
            if (comment == null || comment.getFullBody().isEmpty() && comment.getBlockTags().isEmpty()) {
                long at = trees.getSourcePositions().getStartPosition(unit, getCurrentPath().getLeaf());
                bare.add(unit.getSourceFile().getName().replaceFirst(".*/java/", "") + ":" + unit.getLineMap().getLineNumber(at) + " " + name);
            }
        }
    }
}
