package io.dmaheap.core.linkage;

import io.dmaheap.spi.Framework;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.InterfaceMethodRefEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves the references of a jar to classes of dmaheap, by the rules of the JVM (JVMS 5.4.3 and 5.4.4): classes, fields and methods,
 * inherited ones too, and whether they can be accessed. A member of the jar's own class counts if it would be inherited from the API.
 *
 * <p>Whether an instruction takes a method for a static one is left to the JVM: that never changes in this API. So are references to
 * the JDK and to other plugins.
 *
 * <p>Not safe for use by several threads.
 */
public final class ApiReferences {
    private static final String DMAHEAP = "io/dmaheap/";
    private static final Pattern DMAHEAP_TYPE = Pattern.compile("L(" + DMAHEAP + "[^;]*);");

    private final Map<String, Optional<ClassShape>> surroundings = ClassSpace.nothingRead();

    /** For any number of jars: what was read of the API serves the next one. */
    public ApiReferences() {}

    /**
     * The classes of a jar among those of the API.
     *
     * @param classes the classes, by internal name
     */
    public Jar jar(Map<String, ClassModel> classes) {
        Map<String, ClassShape> shapes = new HashMap<>();
        classes.forEach((name, model) -> shapes.put(name, ClassShape.of(model)));
        return new Jar(classes, new ClassSpace(shapes, surroundings));
    }

    /** One jar. */
    public static final class Jar {
        private final Map<String, ClassModel> classes;
        private final ClassSpace space;

        private Jar(Map<String, ClassModel> classes, ClassSpace space) {
            this.classes = classes;
            this.space = space;
        }

        /** Its classes, by internal name. */
        public Map<String, ClassModel> classes() {
            return classes;
        }

        /**
         * Resolves all references of its classes.
         *
         * @param mayUseOthers whether other plugins may export packages to the jar, which are then not looked at
         * @return what cannot be linked, each thing once
         */
        public List<UnresolvedReference> unresolved(boolean mayUseOthers) {
            var check = new JarCheck(space, mayUseOthers);
            classes.forEach(check::check);
            return List.copyOf(check.unresolved.values());
        }

        /** Whether a class is a {@code type}, or inherits from what is neither in the jar nor in the API and may be one. */
        public boolean mayBe(String name, Class<?> type) {
            return space.hierarchy(name)
                    .map(all -> all.stream().anyMatch(shape -> shape.name().equals(internal(type))))
                    .orElse(true);
        }
    }

    private static String internal(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    /** The check of one jar. */
    private static final class JarCheck {
        private final ClassSpace space;
        private final boolean mayUseOthers;
        private final Map<String, UnresolvedReference> unresolved = new LinkedHashMap<>();

        JarCheck(ClassSpace space, boolean mayUseOthers) {
            this.space = space;
            this.mayUseOthers = mayUseOthers;
        }

        void check(String from, ClassModel model) {
            boolean typesExist = true;
            for (String type : typesNamedBy(model)) {
                typesExist &= typeExists(from, type);
            }
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof MemberRefEntry member
                        && !member.owner().name().stringValue().startsWith("[")) {
                    member(from, member);
                }
            }
            if (typesExist) {
                ClassShape self = space.find(from).orElseThrow();
                supertypes(self);
                abstractMethods(self);
            }
        }

        /** Every class of dmaheap that is named by a class, be it only in a descriptor. */
        private static Set<String> typesNamedBy(ClassModel model) {
            var types = new HashSet<String>();
            for (PoolEntry entry : model.constantPool()) {
                switch (entry) {
                    case ClassEntry type -> {
                        String name = type.name().stringValue();
                        if (name.startsWith("[")) {
                            addTypes(name, types);
                        } else if (name.startsWith(DMAHEAP)) {
                            types.add(name);
                        }
                    }
                    case NameAndTypeEntry member -> addTypes(member.type().stringValue(), types);
                    case MethodTypeEntry type -> addTypes(type.descriptor().stringValue(), types);
                    default -> {}
                }
            }
            for (FieldModel field : model.fields()) {
                addTypes(field.fieldType().stringValue(), types);
            }
            for (MethodModel method : model.methods()) {
                addTypes(method.methodType().stringValue(), types);
            }
            return types;
        }

        private static void addTypes(String descriptor, Collection<String> types) {
            if (descriptor.contains(DMAHEAP)) {
                Matcher found = DMAHEAP_TYPE.matcher(descriptor);
                while (found.find()) {
                    types.add(found.group(1));
                }
            }
        }

        private boolean typeExists(String from, String name) {
            if (space.isOfJar(name)) {
                return true;
            }
            String packageName = ApiPackages.packageOf(name);
            boolean ofApi = ApiPackages.isForPlugins(packageName);
            if (!ofApi && mayUseOthers) {
                return true;
            }
            ClassShape shape = space.find(name).orElse(null);
            if (shape != null && ofApi && shape.isPublic()) {
                return true;
            }
            if (shape == null) {
                add(from, name, "uses the class " + dotted(name) + ", which " + here(name) + " does not have");
            } else {
                add(from, name, "uses the class " + dotted(name) + ", which is not for plugins");
            }
            return false;
        }

        private void member(String from, MemberRefEntry reference) {
            String owner = reference.owner().asInternalName();
            String key = (reference instanceof FieldRefEntry
                            ? reference.name().stringValue() + " "
                            : reference.name().stringValue())
                    + reference.type().stringValue();
            if (!space.isOfJar(owner) && !ApiPackages.isForPlugins(ApiPackages.packageOf(owner))) {
                return;
            }
            ClassShape target = space.find(owner).orElse(null);
            Set<ClassShape> hierarchy = space.hierarchy(owner).orElse(Set.of());
            if (target == null || hierarchy.stream().noneMatch(this::isOfDmaheap)) {
                return;
            }
            if (reference instanceof MethodRefEntry && target.isInterface()
                    || reference instanceof InterfaceMethodRefEntry && !target.isInterface()) {
                add(
                        from,
                        owner + " kind",
                        "takes " + dotted(owner) + " for " + (target.isInterface() ? "a class" : "an interface")
                                + ", and in " + here(owner) + " it is "
                                + (target.isInterface() ? "an interface" : "a class"));
                return;
            }
            for (ClassShape declaring : inherited(hierarchy, target, key)) {
                Integer flags = members(declaring, reference).get(key);
                if (flags != null) {
                    if (isOfDmaheap(declaring) && !accessible(flags, from, declaring)) {
                        add(from, owner + key, "uses " + shown(declaring.name(), key) + ", which is not for plugins");
                    }
                    return;
                }
            }
            add(from, owner + key, "uses " + shown(owner, key) + ", which " + missingIn(owner, hierarchy));
        }

        /** A member of a class of the jar is missing there, or in what of this API it inherits from. */
        private String missingIn(String owner, Set<ClassShape> hierarchy) {
            if (!space.isOfJar(owner)) {
                return here(owner) + " does not have";
            }
            String parent = hierarchy.stream()
                    .filter(this::isOfDmaheap)
                    .map(ClassShape::name)
                    .findFirst()
                    .orElse(owner);
            return "neither the jar nor " + here(parent) + " has";
        }

        private static Map<String, Integer> members(ClassShape declaring, MemberRefEntry reference) {
            return reference instanceof FieldRefEntry ? declaring.fields() : declaring.methods();
        }

        /** A constructor is not inherited. */
        private static Collection<ClassShape> inherited(Set<ClassShape> hierarchy, ClassShape target, String key) {
            return key.startsWith("<init>") ? List.of(target) : hierarchy;
        }

        private boolean accessible(int flags, String from, ClassShape declaring) {
            return Modifier.isPublic(flags)
                    || Modifier.isProtected(flags)
                            && space.hierarchy(from)
                                    .map(all -> all.contains(declaring))
                                    .orElse(true);
        }

        private boolean isOfDmaheap(ClassShape shape) {
            return ApiPackages.isForPlugins(ApiPackages.packageOf(shape.name())) && !space.isOfJar(shape.name());
        }

        private void supertypes(ClassShape self) {
            if (self.superclass() != null) {
                supertype(self, self.superclass(), false);
            }
            self.interfaces().forEach(name -> supertype(self, name, true));
        }

        private void supertype(ClassShape self, String name, boolean asInterface) {
            ClassShape supertype = space.find(name).orElse(null);
            if (supertype == null || !isOfDmaheap(supertype)) {
                return;
            }
            if (supertype.isInterface() != asInterface) {
                add(
                        self.name(),
                        name + " super",
                        "extends " + dotted(name) + ", which is "
                                + (supertype.isInterface() ? "an interface" : "a class") + " in " + here(name));
            } else if (supertype.isFinal() || supertype.isSealed()) {
                add(
                        self.name(),
                        name + " super",
                        "extends " + dotted(name) + ", which " + (supertype.isFinal() ? "is final" : "is sealed")
                                + " in " + here(name));
            }
        }

        /** What the framework would call and the class does not have. */
        private void abstractMethods(ClassShape self) {
            if (self.isAbstract() || self.isInterface()) {
                return;
            }
            Set<ClassShape> hierarchy = space.hierarchy(self.name()).orElse(Set.of());
            for (ClassShape supertype : hierarchy) {
                if (!isOfDmaheap(supertype)) {
                    continue;
                }
                supertype.methods().forEach((key, flags) -> {
                    if (Modifier.isAbstract(flags) && hierarchy.stream().noneMatch(one -> implementsMethod(one, key))) {
                        add(
                                self.name(),
                                supertype.name() + key + " abstract",
                                "does not implement " + shown(supertype.name(), key) + " of " + here(supertype.name()));
                    }
                });
            }
        }

        private static boolean implementsMethod(ClassShape shape, String key) {
            Integer flags = shape.methods().get(key);
            return flags != null && !Modifier.isAbstract(flags) && !Modifier.isStatic(flags);
        }

        private void add(String from, String target, String what) {
            unresolved.putIfAbsent(target, new UnresolvedReference(dotted(from), what));
        }

        private static String here(String className) {
            return ApiPackages.artifactOf(className) + " " + Framework.API_LEVEL;
        }

        private static String dotted(String name) {
            return name.replace('/', '.');
        }

        /** A member as a person writes it, such as {@code io.dmaheap.Heap.allocate(long)}. */
        private static String shown(String owner, String key) {
            int descriptor = key.indexOf('(');
            if (descriptor < 0) {
                return "the field " + dotted(owner) + "." + key.substring(0, key.indexOf(' '));
            }
            var type = MethodTypeDesc.ofDescriptor(key.substring(descriptor));
            var parameters = new ArrayList<String>();
            type.parameterList().forEach(parameter -> parameters.add(parameter.displayName()));
            String name = key.substring(0, descriptor);
            String list = "(" + String.join(", ", parameters) + ")";
            return name.equals("<init>")
                    ? "the constructor " + dotted(owner) + list
                    : "the method " + type.returnType().displayName() + " " + dotted(owner) + "." + name + list;
        }
    }
}
