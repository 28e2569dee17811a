package org.xprompt4j.vqvae;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * Sizes of a VQGAN, as its {@code config.json} gives them: in the public form ({@code n_embed}, {@code embed_dim},
 * {@code ddconfig}) or as {@code vq_config} of a Hugging Face Chameleon.
 *
 * @param resolution nominal side of a picture; it only decides which levels attend, pictures may have any size
 * @param inChannels channels of a picture going in
 * @param outChannels channels of a picture coming out
 * @param channels width of the finest level ({@code ch})
 * @param multipliers width of each level in units of {@code channels}, finest first ({@code ch_mult})
 * @param resBlocks residual blocks of an encoder level; the decoder has one more
 * @param attentionResolutions nominal resolutions whose levels attend ({@code attn_resolutions})
 * @param latentChannels channels between encoder and {@code quant_conv} ({@code z_channels})
 * @param codes entries of the codebook ({@code n_embed})
 * @param codeDim numbers of one entry ({@code embed_dim})
 * @param normGroups groups of every GroupNorm; 32 in all public checkpoints ({@code norm_groups}, ours)
 * @param normalizeCodes true when latents and entries are scaled to length 1; false in all public ones ({@code normalize_codes}, ours)
 * @param patchPath true when a linear map of each code's own pixels runs beside encoder and decoder ({@link PatchPath});
 *        false in all public ones ({@code patch_path}, ours)
 */
public record VqganConfig(int resolution, int inChannels, int outChannels, int channels, List<Integer> multipliers, int resBlocks,
        List<Integer> attentionResolutions, int latentChannels, int codes, int codeDim, int normGroups, boolean normalizeCodes, boolean patchPath) {
    private static final int MAX_LEVELS = 12;
    private static final int MAX_WIDTH = 1 << 14;
    private static final int MAX_CODES = 1 << 24;
    private static final int MAX_BLOCKS = 64;
    private static final int PUBLIC_GROUPS = 32;

    /** Refuses sizes that do not fit each other, naming the field. */
    public VqganConfig {
        multipliers = List.copyOf(multipliers);
        attentionResolutions = List.copyOf(attentionResolutions);
        if (multipliers.isEmpty() || multipliers.size() > MAX_LEVELS) {
            throw new InvalidInput("a VQGAN has 1 to " + MAX_LEVELS + " levels, not " + multipliers.size());
        }
        if (patchPath && (normalizeCodes || inChannels != outChannels)) {
            throw new InvalidInput("patchPath needs codes that are not normalised and as many channels out as in");
        }
        if (Math.min(Math.min(channels, normGroups), Math.min(Math.min(inChannels, outChannels), Math.min(latentChannels, codeDim))) < 1
                || Math.min(Math.min(resolution, resBlocks), codes) < 1 || multipliers.stream().anyMatch(m -> m < 1)) {
            throw new InvalidInput("all sizes of a VQGAN must be at least 1");
        }
        if (codes > MAX_CODES || resBlocks > MAX_BLOCKS
                || Math.max(Math.max(inChannels, outChannels), Math.max(latentChannels, codeDim)) > MAX_WIDTH) {
            throw new InvalidInput("a VQGAN has at most " + MAX_CODES + " codes, " + MAX_BLOCKS + " blocks a level and widths of " + MAX_WIDTH);
        }
        for (int level = -1; level < multipliers.size(); level++) {
            long width = (long) channels * (level < 0 ? 1 : multipliers.get(level));
            if (width > MAX_WIDTH || width % normGroups != 0) {
                throw new InvalidInput("width " + width + " of VQGAN level " + Math.max(level, 0) + " must be a multiple of the " + normGroups
                        + " norm groups and at most " + MAX_WIDTH);
            }
        }
    }

    /** Reads either form of a {@code config.json}; complaints name file and field. */
    public static VqganConfig read(Json json) {
        if (json.has("ddconfig")) {
            return readPublic(json);
        }
        if (json.has("vq_config")) {
            return readHuggingFace(json.get("vq_config"));
        }
        throw json.fault("describes no image tokenizer: it has neither 'ddconfig' (VQGAN) nor 'vq_config' (Chameleon)");
    }

    /** True when a document has one of the two forms. */
    public static boolean isIn(Json json) {
        return json.isObject() && (json.has("ddconfig") || json.has("vq_config"));
    }

    private static VqganConfig readPublic(Json json) {
        Json dd = json.get("ddconfig");
        refuse(dd, "double_z", false);
        refuse(dd, "tanh_out", false);
        refuse(dd, "resamp_with_conv", true);
        return read(dd, new String[] {"ch", "ch_mult", "z_channels"}, bounded(dd, "out_ch", 3, MAX_WIDTH),
                bounded(json, "n_embed", 0, MAX_CODES), bounded(json, "embed_dim", 0, MAX_WIDTH), json.flag("normalize_codes", false),
                json.flag("patch_path", false));
    }

    private static VqganConfig readHuggingFace(Json vq) {
        refuse(vq, "double_latent", false);
        if (vq.has("attn_type") && !vq.string("attn_type").equals("vanilla")) {
            throw vq.get("attn_type").fault("must be \"vanilla\", is \"" + vq.string("attn_type") + "\"");
        }
        return read(vq, new String[] {"base_channels", "channel_multiplier", "latent_channels"}, 3,
                bounded(vq, "num_embeddings", 0, MAX_CODES), bounded(vq, "embed_dim", 0, MAX_WIDTH),
                vq.flag("normalize_codes", false), vq.flag("patch_path", false));
    }

    /** The fields that the two forms share, three of them under other names. */
    private static VqganConfig read(Json json, String[] names, int outChannels, int codes, int codeDim, boolean normalizeCodes,
            boolean patchPath) {
        if (json.number("dropout", 0) < 0 || json.number("dropout", 0) >= 1) {
            throw json.get("dropout").fault("must be from 0 to below 1 (it has no effect outside training)");
        }
        int inChannels = bounded(json, "in_channels", 3, MAX_WIDTH);
        if (patchPath && (normalizeCodes || inChannels != outChannels)) {
            throw json.fault("patch_path needs codes that are not normalised (normalize_codes) and as many channels out as in, not "
                    + inChannels + " in and " + outChannels + " out");
        }
        int channels = bounded(json, names[0], 0, MAX_WIDTH);
        int groups = bounded(json, "norm_groups", PUBLIC_GROUPS, MAX_WIDTH);
        if (channels % groups != 0) {
            throw json.get(names[0]).fault("must be a multiple of the " + groups + " norm groups, is " + channels);
        }
        Json multiplier = json.get(names[1]);
        List<Integer> multipliers = new ArrayList<>();
        for (Json element : multiplier.elements()) {
            multipliers.add((int) element.asLong(1, MAX_WIDTH / channels));
        }
        if (multipliers.isEmpty() || multipliers.size() > MAX_LEVELS) {
            throw multiplier.fault("must list 1 to " + MAX_LEVELS + " levels, lists " + multipliers.size());
        }
        List<Integer> attention = new ArrayList<>();
        if (json.has("attn_resolutions")) {
            json.get("attn_resolutions").elements().forEach(element -> attention.add(element.asPositiveInt()));
        }
        return new VqganConfig(json.positiveInt("resolution"), inChannels, outChannels, channels, multipliers,
                (int) json.get("num_res_blocks").asLong(1, MAX_BLOCKS), attention, bounded(json, names[2], 0, MAX_WIDTH), codes, codeDim,
                groups, normalizeCodes, patchPath);
    }

    /** A positive integer with an upper limit; a fallback of 0 means that the field must be there. */
    private static int bounded(Json json, String field, int fallback, int max) {
        return fallback > 0 && !json.has(field) ? fallback : (int) json.get(field).asLong(1, max);
    }

    private static void refuse(Json json, String field, boolean only) {
        if (json.flag(field, only) != only) {
            throw json.get(field).fault("must be " + only + "; no other form of the VQGAN is known here");
        }
    }

    /** As {@code vq_config} of a Hugging Face Chameleon, with our fields where they differ from the public checkpoints. */
    public Map<String, Object> toHuggingFaceJson() {
        Map<String, Object> vq = new LinkedHashMap<>();
        vq.put("model_type", "chameleon_vqgan");
        vq.put("double_latent", false);
        vq.put("latent_channels", latentChannels);
        vq.put("resolution", resolution);
        vq.put("in_channels", inChannels);
        vq.put("base_channels", channels);
        vq.put("channel_multiplier", multipliers);
        vq.put("num_res_blocks", resBlocks);
        vq.put("attn_resolutions", attentionResolutions);
        vq.put("attn_type", "vanilla");
        vq.put("dropout", 0.0);
        vq.put("num_embeddings", codes);
        vq.put("embed_dim", codeDim);
        if (normGroups != PUBLIC_GROUPS) {
            vq.put("norm_groups", normGroups);
        }
        if (normalizeCodes) {
            vq.put("normalize_codes", true);
        }
        if (patchPath) {
            vq.put("patch_path", true);
        }
        return vq;
    }

    /** The public form, with our fields where they differ from the public checkpoints. */
    public Map<String, Object> toJson() {
        Map<String, Object> dd = new LinkedHashMap<>();
        dd.put("double_z", false);
        dd.put("z_channels", latentChannels);
        dd.put("resolution", resolution);
        dd.put("in_channels", inChannels);
        dd.put("out_ch", outChannels);
        dd.put("ch", channels);
        dd.put("ch_mult", multipliers);
        dd.put("num_res_blocks", resBlocks);
        dd.put("attn_resolutions", attentionResolutions);
        dd.put("dropout", 0.0);
        if (normGroups != PUBLIC_GROUPS) {
            dd.put("norm_groups", normGroups);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", "vqgan");
        json.put("n_embed", codes);
        json.put("embed_dim", codeDim);
        if (normalizeCodes) {
            json.put("normalize_codes", true);
        }
        if (patchPath) {
            json.put("patch_path", true);
        }
        json.put("ddconfig", dd);
        return json;
    }

    /** Number of levels; each but the last halves height and width. */
    public int levels() {
        return multipliers.size();
    }

    /** Pixels along one side of a code's cell: 2 to the number of levels but one. */
    public int reduction() {
        return 1 << (levels() - 1);
    }

    /** Channels of a level. */
    public int width(int level) {
        return channels * multipliers.get(level);
    }

    /** True when the blocks of a level are followed by attention: its nominal resolution is listed. */
    public boolean attends(int level) {
        return attentionResolutions.contains(resolution >> level);
    }
}
