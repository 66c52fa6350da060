package io.dmaheap.core.linkage;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A class as others are linked with it. Names are internal ones, such as {@code java/lang/Object}; the keys of members are name and
 * descriptor, such as {@code size()J}.
 *
 * @param flags the access flags of the class file
 * @param superclass null for {@code java/lang/Object} alone
 * @param interfaces the direct superinterfaces
 * @param isSealed whether the class names its subclasses
 * @param fields the flags of the declared fields
 * @param methods the flags of the declared methods
 */
record ClassShape(
        String name,
        int flags,
        @Nullable String superclass,
        List<String> interfaces,
        boolean isSealed,
        Map<String, Integer> fields,
        Map<String, Integer> methods) {

    static ClassShape of(ClassModel model) {
        List<String> interfaces = new ArrayList<>();
        for (ClassEntry each : model.interfaces()) {
            interfaces.add(each.asInternalName());
        }
        Map<String, Integer> fields = new HashMap<>();
        for (FieldModel field : model.fields()) {
            fields.put(key(field), field.flags().flagsMask());
        }
        Map<String, Integer> methods = new HashMap<>();
        for (MethodModel method : model.methods()) {
            methods.put(key(method), method.flags().flagsMask());
        }
        return new ClassShape(
                model.thisClass().asInternalName(),
                model.flags().flagsMask(),
                model.superclass().map(ClassEntry::asInternalName).orElse(null),
                interfaces,
                model.findAttribute(Attributes.permittedSubclasses()).isPresent(),
                fields,
                methods);
    }

    private static String key(FieldModel field) {
        return field.fieldName().stringValue() + " " + field.fieldType().stringValue();
    }

    private static String key(MethodModel method) {
        return method.methodName().stringValue() + method.methodType().stringValue();
    }

    boolean isInterface() {
        return Modifier.isInterface(flags);
    }

    boolean isPublic() {
        return Modifier.isPublic(flags);
    }

    boolean isFinal() {
        return (flags & AccessFlag.FINAL.mask()) != 0;
    }

    boolean isAbstract() {
        return Modifier.isAbstract(flags);
    }
}
