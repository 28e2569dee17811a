#!/usr/bin/env bash
# Makes the PTX beside each .cu of this folder and its subfolders. Needs nvcc 13. Paths are cut from the file table; the PTX is the same wherever it is made.
set -eu
cd -- "$(dirname -- "$0")"
for source in "${@:-$(find . -name '*.cu' | sort)}"; do
    for file in $source; do
        nvcc -ptx -arch=compute_80 -lineinfo -std=c++17 -o "${file%.cu}.ptx" "$file"
        sed -i -E 's|(\.file\s+[0-9]+ ")/.*/(include/[^"]*)|\1cuda/\2|; t; s|(\.file\s+[0-9]+ ")/[^"]*/|\1|' "${file%.cu}.ptx"
    done
done
