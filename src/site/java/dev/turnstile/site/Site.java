package dev.turnstile.site;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Makes the site out of the project's documents: an HTML page for each, with the same navigation, and all links between them rewritten and checked. The Javadoc is
 * there before.
 *
 * <p>Arguments: the project's directory, and the directory of the site. Exit code 1 if a link leads nowhere.
 */
public final class Site {
    private static final List<Extension> EXTENSIONS =
            List.of(TablesExtension.create(), HeadingAnchorExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final HtmlRenderer RENDERER =
            HtmlRenderer.builder().extensions(EXTENSIONS).build();
    private static final Pattern ID = Pattern.compile("id=\"([^\"]+)\"");
    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

    private final Path base;
    private final Path site;

    /** The documents, and the page of each, by paths below the two directories. */
    private final Map<Path, Path> pages = new LinkedHashMap<>();

    private final Map<Path, String> titles = new HashMap<>();
    private final List<String> broken = new ArrayList<>();

    private Site(Path base, Path site) {
        this.base = base;
        this.site = site;
    }

    public static void main(String[] arguments) throws IOException {
        Site site = new Site(
                Path.of(arguments[0]).toRealPath(), Path.of(arguments[1]).toAbsolutePath());
        site.make();
        site.broken.forEach(System.err::println);
        System.out.println(site.pages.size() + " pages, " + site.broken.size() + " links that lead nowhere");
        System.exit(site.broken.isEmpty() ? 0 : 1);
    }

    private void make() throws IOException {
        Path start = Path.of("README.md");
        pages.put(start, Path.of("index.html"));
        Path markdown = Path.of("src/site/markdown");
        for (Path linked :
                linkedFrom(start)) { // the menu has the order of the first page's table, which comes last there
            if (linked.startsWith(markdown) && linked.toString().endsWith(".md")) {
                pages.remove(linked);
                pages.put(linked, page(markdown, linked));
            }
        }
        pages.put(Path.of("CONTRIBUTING.md"), Path.of("contributing.html"));
        pages.put(Path.of("CHANGELOG.md"), Path.of("changes.html"));
        pages.put(Path.of("bindings/README.md"), Path.of("bindings.html"));
        for (Path file : files(base.resolve(markdown))) {
            Path document = base.relativize(file);
            pages.putIfAbsent(document, page(markdown, document));
        }
        for (Path document : pages.keySet()) {
            titles.put(document, title(parse(document)));
        }
        for (Path resource : files(base.resolve("src/site/resources"))) {
            copy(resource, base.resolve("src/site/resources").relativize(resource));
        }
        copy(base.resolve("LICENSE"), Path.of("LICENSE"));
        for (Map.Entry<Path, Path> page : pages.entrySet()) {
            write(page.getValue(), titles.get(page.getKey()), body(page.getKey()));
        }
        write(
                Path.of("decisions/index.html"),
                "Decisions",
                "<h1>Decisions</h1>" + list("decisions", Path.of("decisions/index.html")));
        check();
    }

    private static Path page(Path directory, Path document) {
        return Path.of(directory.relativize(document).toString().replaceFirst("\\.md$", ".html"));
    }

    private List<Path> linkedFrom(Path document) throws IOException {
        List<Path> linked = new ArrayList<>();
        parse(document).accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                String destination = link.getDestination();
                if (!destination.contains(":")) {
                    linked.add(document.resolveSibling(destination.replaceFirst("#.*", "")));
                }
            }
        });
        return linked;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void copy(Path file, Path to) throws IOException {
        Path copy = site.resolve(to);
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private Node parse(Path document) throws IOException {
        return PARSER.parse(Files.readString(base.resolve(document)));
    }

    private static String title(Node document) {
        StringBuilder title = new StringBuilder();
        document.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                if (title.isEmpty()) {
                    visitChildren(heading);
                }
            }

            @Override
            public void visit(Text text) {
                if (text.getParent() instanceof Heading) {
                    title.append(text.getLiteral());
                }
            }
        });
        return title.toString();
    }

    // ---- pages ----

    private String body(Path document) throws IOException {
        Node parsed = parse(document);
        parsed.accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                link.setDestination(rewritten(document, link.getDestination()));
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                image.setDestination(rewritten(document, image.getDestination()));
            }
        });
        return RENDERER.render(parsed).replaceAll("<!-- [^>]* -->\n?", "");
    }

    /** What a document links to, as its page does. */
    private String rewritten(Path document, String destination) {
        if (destination.contains("://") || destination.startsWith("#") || destination.startsWith("mailto:")) {
            return destination;
        }
        int hash = destination.indexOf('#');
        String fragment = hash < 0 ? "" : destination.substring(hash);
        String file = hash < 0 ? destination : destination.substring(0, hash);
        Path from = pages.get(document);
        Path target = document.resolveSibling(file).normalize();
        Path page = pages.get(target);
        if (page == null && target.equals(Path.of("src/site/markdown/decisions"))) {
            page = Path.of("decisions/index.html");
        }
        if (page == null) { // of the site itself, such as a plot
            page = Path.of("src/site/resources")
                    .relativize(Path.of("src/site/resources")
                            .resolve(from.resolveSibling(file).normalize()));
        }
        return relative(from, page) + fragment;
    }

    private static String relative(Path from, Path to) {
        Path directory = from.getParent();
        return (directory == null ? to : directory.relativize(to)).toString().replace('\\', '/');
    }

    private void write(Path page, String title, String body) throws IOException {
        String html = Files.readString(base.resolve("src/site/page.html"))
                .replace("$title", title)
                .replace("$navigation", navigation(page))
                .replace("$body", body);
        Path file = site.resolve(page);
        Files.createDirectories(file.getParent());
        Files.writeString(file, html);
    }

    private String navigation(Path page) {
        StringBuilder html = new StringBuilder();
        html.append("<p>")
                .append(link(page, Path.of("index.html"), "Turnstile"))
                .append("</p>");
        html.append("<p>Guides</p>").append(list("guides", page));
        html.append("<p>Evidence</p><ul>");
        pages.forEach((document, target) -> {
            if (document.startsWith("src/site/markdown") && target.getParent() == null) {
                html.append("<li>")
                        .append(link(page, target, titles.get(document)))
                        .append("</li>");
            }
        });
        html.append("</ul><p>More</p><ul>");
        Map<String, String> more = new LinkedHashMap<>();
        more.put("api/index.html", "API");
        more.put("decisions/index.html", "Decisions");
        more.put("changes.html", "Changes");
        more.put("contributing.html", "Contributing");
        more.forEach((target, name) ->
                html.append("<li>").append(link(page, Path.of(target), name)).append("</li>"));
        return html.append("</ul>").toString();
    }

    private String list(String directory, Path page) {
        StringBuilder html = new StringBuilder("<ul>");
        pages.forEach((document, target) -> {
            if (target.startsWith(directory)) {
                html.append("<li>")
                        .append(link(page, target, titles.get(document)))
                        .append("</li>");
            }
        });
        return html.append("</ul>").toString();
    }

    private static String link(Path from, Path to, String name) {
        return "<a href=\"" + relative(from, to) + "\">" + name + "</a>";
    }

    // ---- links ----

    private void check() throws IOException {
        Map<Path, Set<String>> ids = new HashMap<>();
        List<Path> all = new ArrayList<>(pages.values());
        all.add(Path.of("decisions/index.html"));
        for (Path page : all) {
            String html = Files.readString(site.resolve(page));
            Matcher references = REFERENCE.matcher(html);
            while (references.find()) {
                check(page, references.group(1), ids);
            }
        }
    }

    private void check(Path page, String reference, Map<Path, Set<String>> ids) throws IOException {
        if (reference.contains("://") || reference.startsWith("mailto:")) {
            return;
        }
        int hash = reference.indexOf('#');
        String file = URLDecoder.decode(hash < 0 ? reference : reference.substring(0, hash), StandardCharsets.UTF_8);
        Path target = file.isEmpty()
                ? site.resolve(page)
                : site.resolve(page).resolveSibling(file).normalize();
        if (!Files.isRegularFile(target)) {
            broken.add(page + " -> " + reference);
        } else if (hash >= 0 && !ids(target, ids).contains(reference.substring(hash + 1))) {
            broken.add(page + " -> " + reference + " (no such place in the page)");
        }
    }

    private static Set<String> ids(Path page, Map<Path, Set<String>> known) throws IOException {
        Set<String> ids = known.get(page);
        if (ids == null) {
            ids = new HashSet<>();
            Matcher found = ID.matcher(Files.readString(page));
            while (found.find()) {
                ids.add(found.group(1));
            }
            known.put(page, ids);
        }
        return ids;
    }
}
