# For the scripts beside it, which read it first: $home, $jdk, and $path, the built classes of the tests, of $modules and of all they need.
home=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
jdk=$("$home/xp" --find-jdk)
path=$home/tests/target/test-classes
for module in ${modules-tensor nn vqvae xprompt}; do
    path=$path:$home/$module/target/classes
done
if [ ! -d "$home/tests/target/test-classes" ] || [ ! -d "$home/xprompt/target/lib" ]; then
    echo "$(basename -- "$0"): nothing is built; run first: mvn -DskipTests package" >&2
    exit 2
fi
path=$path:$home/xprompt/target/lib/*
