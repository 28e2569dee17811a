package org.xprompt4j.vqvae;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.MappedFile;
import org.xprompt4j.tensor.file.ContentHash;

/**
 * Pictures as codes in one memory-mapped file, little-endian:
 *
 * <pre>
 *   8 bytes   "XPCODES2"
 *   64 bytes  SHA-256 of all that follows, hexadecimal
 *   64 bytes  fingerprint of the tokenizer that made the codes, hexadecimal
 *   int32     bytes of a code: 2 (unsigned) while the codebook has at most 65536 entries, else 4
 *   int32     entries of the codebook; every code is below
 *   int32     number of pictures
 *   int32     bytes of all names
 *   pictures  int64 index of the first code, int32 rows, int32 columns, int32 bytes of the name
 *   names     UTF-8 without control characters, one behind the other
 *   codes     rows · columns of each picture in raster order, one picture behind the other, nothing after
 * </pre>
 *
 * Everything is checked on opening, every code and the hash included, so that a file that opens can be decoded and is what was
 * written. Files of the first version ("XPCODES1") had no hash and are refused: the pictures are tokenized again.
 */
public final class TokenCache implements AutoCloseable {
    private static final byte[] MAGIC = "XPCODES2".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FIRST_VERSION = "XPCODES1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEX = 64; // digits of a hash and of a fingerprint
    private static final int HASHED = 8 + HEX; // where the hashed part begins
    private static final int HEADER = HASHED + HEX + 4 * 4;
    private static final int ENTRY = 8 + 3 * 4;
    private static final int MOST_NAME = 1024;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfChar CHAR = ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * One picture's codes.
     *
     * @param name what the picture is called, usually its file name
     * @param codes [rows · columns] in raster order
     */
    public record Grid(String name, int rows, int columns, int[] codes) {
        /** Refuses codes that are not as many as the sizes say. */
        public Grid {
            if (rows < 1 || columns < 1 || codes.length != (long) rows * columns) {
                throw new IllegalArgumentException(codes.length + " codes do not make a grid of " + rows + " x " + columns);
            }
        }
    }

    private record Place(String name, long first, int rows, int columns) {
    }

    private final Path file;
    private final Arena arena;
    private final MemorySegment bytes; // the whole file
    private final String fingerprint;
    private final int codeBytes;
    private final int codebook;
    private final long codesAt; // byte at which the codes begin
    private final List<Place> places = new ArrayList<>();

    private TokenCache(Path file, Arena arena, MemorySegment bytes) {
        this.file = file;
        this.arena = arena;
        this.bytes = bytes;
        if (startsWith(FIRST_VERSION)) {
            throw damaged("was written by an older version, without a hash; make it again with: xp tokenize");
        }
        if (bytes.byteSize() < HEADER || !startsWith(MAGIC)) {
            throw damaged("is no file of picture codes; make one with: xp tokenize");
        }
        fingerprint = new String(bytes.asSlice(HASHED, HEX).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
        if (!fingerprint.matches("[0-9a-f]{" + HEX + "}")) {
            throw damaged("field fingerprint is not " + HEX + " hexadecimal digits");
        }
        int at = HASHED + HEX;
        codeBytes = bytes.get(INT, at);
        codebook = bytes.get(INT, at + 4);
        int count = bytes.get(INT, at + 8);
        int nameBytes = bytes.get(INT, at + 12);
        if (codebook < 1 || codeBytes != width(codebook)) {
            throw damaged("field bytes of a code is " + codeBytes + " for a codebook of " + codebook);
        }
        if (count < 0 || nameBytes < 0 || HEADER + (long) count * ENTRY + nameBytes > bytes.byteSize()) {
            throw damaged("an index of " + count + " pictures and " + nameBytes + " bytes of names does not fit in " + bytes.byteSize() + " bytes");
        }
        codesAt = HEADER + (long) count * ENTRY + nameBytes;
        readIndex(count, nameBytes);
        checkCodes();
        byte[] hash = new ContentHash().bytes(bytes.asSlice(HASHED)).hex().getBytes(StandardCharsets.US_ASCII);
        if (MemorySegment.mismatch(bytes, MAGIC.length, HASHED, MemorySegment.ofArray(hash), 0, HEX) >= 0) {
            throw damaged("field sha256 does not fit the content; the file was damaged or edited, copy it again or make it again with: xp tokenize");
        }
    }

    private boolean startsWith(byte[] magic) {
        return bytes.byteSize() >= magic.length && MemorySegment.mismatch(bytes, 0, magic.length, MemorySegment.ofArray(magic), 0, magic.length) < 0;
    }

    private void readIndex(int count, int nameBytes) {
        long codes = (bytes.byteSize() - codesAt) / codeBytes;
        long next = 0;
        long nameAt = HEADER + (long) count * ENTRY;
        for (int i = 0; i < count; i++) {
            long entry = HEADER + (long) i * ENTRY;
            long first = bytes.get(LONG, entry);
            int rows = bytes.get(INT, entry + 8);
            int columns = bytes.get(INT, entry + 12);
            int length = bytes.get(INT, entry + 16);
            if (first != next || rows < 1 || columns < 1 || (long) rows * columns > codes - first) {
                throw damaged("picture " + i + " has " + rows + " x " + columns + " codes from " + first
                        + ", which do not follow those before it inside the file");
            }
            if (length < 1 || length > MOST_NAME || length > codesAt - nameAt) {
                throw damaged("picture " + i + " has a name of " + length + " bytes");
            }
            places.add(new Place(name(i, bytes.asSlice(nameAt, length)), first, rows, columns));
            nameAt += length;
            next = first + (long) rows * columns;
        }
        if (nameAt != codesAt || codesAt + next * codeBytes != bytes.byteSize()) {
            throw damaged("holds bytes that belong to no picture (names end at " + nameAt + " of " + codesAt + ", codes at "
                    + (codesAt + next * codeBytes) + " of " + bytes.byteSize() + ")");
        }
    }

    private String name(int picture, MemorySegment utf8) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8.toArray(ValueLayout.JAVA_BYTE))).toString();
            if (hasControls(text)) {
                throw damaged("the name of picture " + picture + " holds control characters");
            }
            return text;
        } catch (CharacterCodingException e) {
            InvalidInput fault = damaged("the name of picture " + picture + " is not UTF-8");
            fault.initCause(e);
            throw fault;
        }
    }

    /** Line ends and the like, which would break messages and listings that show the name. */
    private static boolean hasControls(String name) {
        return name.codePoints().anyMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
    }

    private void checkCodes() {
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            for (long c = place.first(), end = place.first() + (long) place.rows() * place.columns(); c < end; c++) {
                int code = code(c);
                if (code < 0 || code >= codebook) {
                    throw damaged("picture " + i + " ('" + place.name() + "') has code " + code + ", the codebook has " + codebook);
                }
            }
        }
    }

    private int code(long index) {
        return codeBytes == 2 ? bytes.get(CHAR, codesAt + 2 * index) : bytes.get(INT, codesAt + 4 * index);
    }

    private static int width(int codebook) {
        return codebook <= 1 << 16 ? 2 : 4;
    }

    /**
     * Maps and checks a file.
     *
     * @throws InvalidInput when it is missing or damaged, naming file and field
     */
    public static TokenCache open(Path file) {
        return MappedFile.open(file, (all, arena) -> new TokenCache(file, arena, all));
    }

    /**
     * Writes a file, whole or not at all.
     *
     * @param fingerprint of the tokenizer, see {@link VqganCheckpoint#fingerprint}
     * @param codebook entries of its codebook
     */
    public static void write(Path file, String fingerprint, int codebook, List<Grid> grids) {
        if (!fingerprint.matches("[0-9a-f]{" + HEX + "}") || codebook < 1) {
            throw new IllegalArgumentException("no fingerprint, or no codebook: " + fingerprint + ", " + codebook);
        }
        grids.forEach(grid -> requireFits(grid, codebook));
        byte[] index = index(fingerprint, codebook, grids);
        ContentHash hash = new ContentHash().bytes(ByteBuffer.wrap(index));
        grids.forEach(grid -> hash.bytes(ByteBuffer.wrap(codes(grid, width(codebook)))));
        byte[] digits = hash.hex().getBytes(StandardCharsets.US_ASCII);
        AtomicFile.stream(file, out -> {
            out.write(MAGIC);
            out.write(digits);
            out.write(index);
            for (Grid grid : grids) {
                out.write(codes(grid, width(codebook)));
            }
        });
    }

    private static void requireFits(Grid grid, int codebook) {
        if (hasControls(grid.name())) {
            throw new InvalidInput("the name of picture '" + grid.name().replaceAll("\\p{C}", "?") + "' holds control characters; rename the file");
        }
        for (int code : grid.codes()) {
            if (code < 0 || code >= codebook) {
                throw new IllegalArgumentException("code " + code + " of '" + grid.name() + "' in a codebook of " + codebook);
            }
        }
    }

    /** All between the hash and the codes. */
    private static byte[] index(String fingerprint, int codebook, List<Grid> grids) {
        List<byte[]> names = grids.stream().map(grid -> grid.name().getBytes(StandardCharsets.UTF_8)).toList();
        int nameBytes = names.stream().mapToInt(name -> name.length).reduce(0, Math::addExact);
        int length = Math.addExact(HEADER - HASHED + Math.multiplyExact(grids.size(), ENTRY), nameBytes);
        ByteBuffer index = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        index.put(fingerprint.getBytes(StandardCharsets.US_ASCII));
        index.putInt(width(codebook)).putInt(codebook).putInt(grids.size()).putInt(nameBytes);
        long first = 0;
        for (int i = 0; i < grids.size(); i++) {
            Grid grid = grids.get(i);
            if (names.get(i).length < 1 || names.get(i).length > MOST_NAME) {
                throw new InvalidInput("the name of picture " + i + " has " + names.get(i).length + " bytes, from 1 to " + MOST_NAME + " fit");
            }
            index.putLong(first).putInt(grid.rows()).putInt(grid.columns()).putInt(names.get(i).length);
            first += grid.codes().length;
        }
        names.forEach(index::put);
        return index.array();
    }

    /** A picture's codes as they lie in the file. */
    private static byte[] codes(Grid grid, int width) {
        ByteBuffer codes = ByteBuffer.allocate(Math.multiplyExact(grid.codes().length, width)).order(ByteOrder.LITTLE_ENDIAN);
        for (int code : grid.codes()) {
            if (width == 2) {
                codes.putChar((char) code);
            } else {
                codes.putInt(code);
            }
        }
        return codes.array();
    }

    /** Number of pictures. */
    public int size() {
        return places.size();
    }

    /** Fingerprint of the tokenizer that made the codes. */
    public String fingerprint() {
        return fingerprint;
    }

    /** Entries of its codebook. */
    public int codebook() {
        return codebook;
    }

    /** A picture's codes; a copy. */
    public Grid grid(int picture) {
        Place place = places.get(picture);
        int[] codes = new int[place.rows() * place.columns()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = code(place.first() + i);
        }
        return new Grid(place.name(), place.rows(), place.columns(), codes);
    }

    /**
     * Refuses the codes of another tokenizer.
     *
     * @throws InvalidInput naming both fingerprints
     */
    public void requireFrom(String tokenizer) {
        if (!fingerprint.equals(tokenizer)) {
            throw new InvalidInput(file + ": the codes were made by tokenizer " + fingerprint.substring(0, 12) + ", this one is "
                    + tokenizer.substring(0, 12) + "; use the model that made them, or tokenize the pictures again");
        }
    }

    private InvalidInput damaged(String what) {
        return new InvalidInput(file + ": " + what);
    }

    /** Unmaps the file. */
    @Override
    public void close() {
        arena.close();
    }
}
