package dev.turnstile.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The classes of the gate, changed: before each call of a method that is not the gate's own, and wherever memory is asked for, stands a call of
 * {@link Faults#point}. The points have numbers in the order of the code.
 *
 * <p>An interface of the gate's that users implement counts as theirs. Of a class of the gate's that inherits a method from elsewhere, the method
 * is that other class's.
 */
final class FaultyCode {
    private static final String FAULTS = Type.getInternalName(Faults.class);
    private static final String OURS = "dev/turnstile/";
    private static final List<String> PACKAGES = List.of(OURS, OURS + "internal/");

    /** A class as it was compiled. */
    private record Compiled(
            ClassReader code,
            int access,
            String parent,
            List<String> methods,
            List<String> publicMethods,
            boolean isSealed) {
        /** Says whether users can pass something of a type to it. */
        boolean takes(String type) {
            boolean isUsed = (access & Opcodes.ACC_PUBLIC) != 0 || parent.startsWith("java/util/concurrent/");
            return isUsed
                    && publicMethods.stream()
                            .anyMatch(method ->
                                    method.substring(0, method.indexOf(')')).contains(type));
        }

        boolean isForUsers() {
            return (access & Opcodes.ACC_INTERFACE) != 0 && (access & Opcodes.ACC_PUBLIC) != 0 && !isSealed;
        }
    }

    private final Map<String, Compiled> classes = new TreeMap<>();
    private final Map<String, Integer> firstPoints = new TreeMap<>();
    private final List<Point> points = new ArrayList<>();

    FaultyCode(Class<?> one) {
        try {
            Path root = Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (String directory : PACKAGES) {
                try (Stream<Path> files = Files.list(root.resolve(directory))) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".class"))
                            .toList()) {
                        read(Files.readAllBytes(file));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        for (String name : classes.keySet()) {
            firstPoints.put(name, points.size());
            change(name, 0, points);
        }
    }

    private void read(byte[] code) {
        ClassReader reader = new ClassReader(code);
        List<String> methods = new ArrayList<>();
        List<String> publicMethods = new ArrayList<>();
        boolean[] isSealed = new boolean[1];
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        methods.add(name + descriptor);
                        if ((access & Opcodes.ACC_PUBLIC) != 0) {
                            publicMethods.add(name + descriptor);
                        }
                        return null;
                    }

                    @Override
                    public void visitPermittedSubclass(String permitted) {
                        isSealed[0] = true;
                    }
                },
                ClassReader.SKIP_CODE);
        classes.put(
                reader.getClassName(),
                new Compiled(reader, reader.getAccess(), reader.getSuperName(), methods, publicMethods, isSealed[0]));
    }

    List<Point> points() {
        return points;
    }

    boolean has(String name) {
        return classes.containsKey(name);
    }

    /** Returns a class whose points have numbers from {@code firstId} on, as if it were the first class. */
    byte[] code(String name, int firstId) {
        return change(name, firstId + firstPoints.get(name), new ArrayList<>());
    }

    private byte[] change(String name, int firstId, List<Point> found) {
        ClassReader reader = classes.get(name).code;
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String method, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor next = super.visitMethod(access, method, descriptor, signature, exceptions);
                        boolean isMadeByInitialiser =
                                method.equals("<init>") && name.endsWith("TimeLimit$ScopedBinding");
                        if (method.equals("<clinit>") || method.equals("$values") || isMadeByInitialiser) {
                            // A class whose initialiser fails is lost until the JVM ends, in anybody's code.
                            // LateClassesTest
                            // shows that it is so before there are callers.
                            return next;
                        }
                        return new Pointing(
                                next, name.substring(OURS.length()).replace('/', '.') + "." + method, found, firstId);
                    }
                },
                0);
        return writer.toByteArray();
    }

    /** Returns whose method is called: the class itself if it has it, else the first one above that is not ours. */
    private String ownerOf(String owner, String method) {
        String current = owner;
        while (classes.containsKey(current)) {
            Compiled compiled = classes.get(current);
            if (compiled.methods.contains(method)) {
                return current;
            }
            if ((compiled.access & Opcodes.ACC_INTERFACE) != 0) {
                return current;
            }
            current = compiled.parent;
        }
        return current.equals("java/lang/Object") && !isOfObject(method) ? owner : current;
    }

    /** A class that leaves a method of its interface to its subclasses does not have it itself. */
    private static boolean isOfObject(String method) {
        return Stream.of(Object.class.getMethods())
                .anyMatch(each -> method.equals(each.getName() + Type.getMethodDescriptor(each)));
    }

    /**
     * Says of one of the JDK's functional interfaces whether all that is called by it is the gate's own, which has points of its own: no method that users
     * call takes one.
     */
    private boolean isGivenByNobody(String owner) {
        return (owner.startsWith("java/util/function/") || owner.equals("java/lang/Runnable"))
                && classes.values().stream()
                        .noneMatch(one -> !one.isForUsers() && one.takes("L" + owner + ";")); // there the gate gives
    }

    private static final List<String> ACCOUNTS = List.of("tag", "requestSize", "responseSize");

    private Point.Role role(String owner, String name) {
        if (name.equals("<init>")) {
            return Point.Role.HARMLESS; // that the object is made, just before, may fail
        }
        if (Harmless.has(owner, name)) {
            return Point.Role.HARMLESS;
        }
        if (owner.startsWith("org/slf4j/Logger") || owner.startsWith("jdk/jfr/")) {
            return Point.Role.ONLOOKER;
        }
        if (owner.equals("java/lang/Throwable") && (name.equals("getMessage") || name.equals("toString"))) {
            return Point.Role.ONLOOKER;
        }
        if (!classes.containsKey(owner)) {
            return isGivenByNobody(owner) ? Point.Role.HARMLESS : Point.Role.JDK;
        }
        boolean looksOn = owner.endsWith("/CallListener") || (owner.endsWith("/Action") && ACCOUNTS.contains(name));
        return looksOn ? Point.Role.ONLOOKER : Point.Role.USER;
    }

    private final class Pointing extends MethodVisitor {
        private final String method;
        private final List<Point> found;
        private final int firstId;
        private int line;

        Pointing(MethodVisitor next, String method, List<Point> found, int firstId) {
            super(Opcodes.ASM9, next);
            this.method = method;
            this.found = found;
            this.firstId = firstId;
        }

        private void point(String callee, Point.Role role) {
            super.visitLdcInsn(firstId + found.size());
            super.visitMethodInsn(Opcodes.INVOKESTATIC, FAULTS, "point", "(I)V", false);
            found.add(new Point(method + ":" + line, callee, role));
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            line = number;
            super.visitLineNumber(number, start);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            boolean isArray = owner.startsWith("[");
            String itsOwner = isArray ? owner : ownerOf(owner, name + descriptor);
            boolean isOther = isArray || !classes.containsKey(itsOwner) || isUsers(opcode, itsOwner);
            if (isOther) {
                Point.Role role = isArray && method.endsWith(".values") ? Point.Role.HARMLESS : role(itsOwner, name);
                point(itsOwner.replace('/', '.') + "." + name, role);
            }
            boolean startsThread = itsOwner.equals("java/lang/Thread") && name.equals("start");
            boolean unparks = name.equals("unpark") && descriptor.equals("(Ljava/lang/Thread;)V");
            if (startsThread || unparks) {
                super.visitInsn(Opcodes.DUP);
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC, FAULTS, unparks ? "unparks" : "made", "(Ljava/lang/Thread;)V", false);
            }
            if (itsOwner.equals("java/util/concurrent/CountDownLatch") && name.equals("countDown")) {
                super.visitInsn(Opcodes.DUP);
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC, FAULTS, "opens", "(Ljava/util/concurrent/CountDownLatch;)V", false);
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            if (isOther && descriptor.endsWith(")Ljava/lang/Thread;")) {
                super.visitInsn(Opcodes.DUP);
                super.visitMethodInsn(Opcodes.INVOKESTATIC, FAULTS, "made", "(Ljava/lang/Thread;)V", false);
            }
        }

        private boolean isUsers(int opcode, String owner) {
            return opcode == Opcodes.INVOKEINTERFACE && classes.get(owner).isForUsers();
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (opcode == Opcodes.ANEWARRAY) {
                point("new " + type.replace('/', '.') + "[]", Point.Role.JDK);
            }
            super.visitTypeInsn(opcode, type);
            if (opcode == Opcodes.NEW) { // after it: the stack maps tell its address
                point("new " + type.replace('/', '.'), Point.Role.JDK);
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == Opcodes.NEWARRAY) {
                point("new array", Point.Role.JDK);
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
            point("new " + descriptor, Point.Role.JDK);
            super.visitMultiANewArrayInsn(descriptor, dimensions);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            String maker = bootstrap.getOwner().substring(bootstrap.getOwner().lastIndexOf('/') + 1);
            point(maker + " for " + Type.getReturnType(descriptor).getClassName(), Point.Role.JDK);
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }
    }

    /** Loads the gate as changed, and with it the plays, which use it; everything else is the tests' own. */
    static final class Loader extends ClassLoader {
        private static final String SHARED = Faults.class.getPackageName() + ".";

        private final FaultyCode code;
        private final int firstId;

        static {
            registerAsParallelCapable();
        }

        Loader(FaultyCode code, int firstId) {
            super(Faults.class.getClassLoader());
            this.code = code;
            this.firstId = firstId;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean isShared = name.startsWith(SHARED) && name.indexOf('.', SHARED.length()) < 0;
            if (!name.startsWith("dev.turnstile.") || isShared) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String path = name.replace('.', '/');
            byte[] bytes;
            if (code.has(path)) {
                bytes = code.code(path, firstId);
            } else {
                try (InputStream in = getParent().getResourceAsStream(path + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    bytes = in.readAllBytes();
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
