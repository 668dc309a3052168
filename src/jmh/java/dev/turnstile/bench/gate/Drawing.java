package dev.turnstile.bench.gate;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.geom.Rectangle2D;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A plot as it was drawn, for tests: read from its SVG. */
final class Drawing {
    private final Document document;

    Drawing(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    Element root() {
        return document.getDocumentElement();
    }

    List<Text> texts() {
        return elements("text").stream()
                .map(element -> new Text(element.getTextContent().strip(), attribute(element, "fill"), place(element)))
                .toList();
    }

    /** The only one with this content. */
    Text text(String content) {
        List<Text> found =
                texts().stream().filter(text -> text.content.equals(content)).toList();
        if (found.size() != 1) {
            throw new AssertionError(content + " is there " + found.size() + " times among " + texts());
        }
        return found.getFirst();
    }

    /** Of the lines between the points: the grid is grey, too, but not drawn as paths. */
    List<Stroke> strokes() {
        return elements("path").stream()
                .filter(path -> attribute(path, "fill").equals("none"))
                .map(path -> new Stroke(
                        attribute(path, "stroke"),
                        !attribute(path, "stroke-dasharray").equals("none")))
                .toList();
    }

    private List<Element> elements(String name) {
        NodeList nodes = document.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(index -> (Element) nodes.item(index))
                .toList();
    }

    private static Rectangle2D place(Element text) {
        int style = attribute(text, "font-weight").equals("bold") ? Font.BOLD : Font.PLAIN;
        float size = Float.parseFloat(attribute(text, "font-size").replace("px", ""));
        Rectangle2D bounds = new Font(Font.SANS_SERIF, style, 1)
                .deriveFont(size)
                .getStringBounds(text.getTextContent(), new FontRenderContext(null, true, true));
        double x = Double.parseDouble(text.getAttribute("x"));
        double y = Double.parseDouble(text.getAttribute("y"));
        return new Rectangle2D.Double(x, y + bounds.getY(), bounds.getWidth(), bounds.getHeight());
    }

    /** Its own, or that of the next element round it that has one. */
    private static String attribute(Element element, String name) {
        return Optional.of(element.getAttribute(name))
                .filter(value -> !value.isEmpty())
                .orElseGet(() -> attribute((Element) element.getParentNode(), name));
    }

    record Text(String content, String colour, Rectangle2D place) {}

    record Stroke(String colour, boolean isDashed) {}
}
