"""What is installed: programs, manual, completion, library, Debian packages."""
import glob
import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
import unittest

import readout

BUILD = os.path.dirname(readout.BIN)

# Opens an index and prints how many articles hold a word.
PROGRAM = r"""
#include <readout/query.h>
#include <stdio.h>

int main(int argc, char **argv) {
    ro_error err = RO_ERROR_INIT;
    ro_index *index = NULL;
    ro_searcher *searcher = NULL;
    ro_request request = ro_request_default();
    json_t *answer = NULL;
    if (argc != 3 || ro_index_open(argv[1], RO_INDEX_READ, &index, &err) ||
        ro_searcher_open(index, &searcher, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 2;
    }
    request.q = ro_str_from(argv[2]);
    if (ro_searcher_search(searcher, &request, &answer, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 2;
    }
    json_t *total = json_object_get(answer, "total");
    printf("%d\n", (int)json_integer_value(json_object_get(total, "value")));
    json_decref(answer);
    ro_searcher_close(searcher);
    ro_index_close(index);
}
"""


def run(*command, **more):
    done = subprocess.run([*map(str, command)], text=True, capture_output=True, timeout=300, **more)
    if done.returncode != 0:
        raise AssertionError("%s: %d\n%s%s" % (command, done.returncode, done.stdout, done.stderr))
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = readout.Directory()
        cls.addClassCleanup(cls.directory.__exit__)
        cls.root = cls.directory.join("root")
        run("cmake", "--install", BUILD, "--prefix", cls.root)
        cls.index = readout.build_index(cls.directory)

    def at(self, *names):
        return os.path.join(self.root, *names)

    def test_the_programs_run_from_where_they_are_installed(self):
        out = run(self.at("bin", "readout-query"), "--index", self.index, "--json", "moratorium")
        self.assertIn("riyadh-2", out)
        for name in ("readout-indexer", "readout-searchd"):
            self.assertRegex(run(self.at("bin", name), "--version"), name)

    def test_the_manual_names_every_option_and_troff_has_nothing_to_say(self):
        for name, section in (("readout-indexer", 1), ("readout-query", 1), ("readout-searchd", 8)):
            path = self.at("share", "man", "man%d" % section, "%s.%d.gz" % (name, section))
            with gzip.open(path, "rb") as f:
                page = f.read()
            self.assertTrue(page.startswith(b".TH %s %d " % (name.encode(), section)))
            shown = set(re.findall(r"^ +(?:-., )?--([a-z-]+)", run(readout.program(name), "--help"), re.M))
            told = set(re.findall(r"\\fB\\-\\-([a-z\\-]+)\\fR", page.decode()))
            self.assertEqual(shown, {option.replace("\\-", "-") for option in told})
            if shutil.which("groff"):
                done = subprocess.run(["groff", "-man", "-Kutf8", "-Tutf8", "-ww", "-z"], input=page,
                                      capture_output=True)
                self.assertEqual(done.stderr, b"")

    def complete(self, *words):
        name = words[0]
        path = self.at("share", "bash-completion", "completions", name)
        script = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _%s; printf "%%s\\n" "${COMPREPLY[@]}"'
                  % name.replace("-", "_"))
        return run("bash", "-c", script, "bash", path, *words, cwd=self.directory.path).split()

    def test_the_shell_completes_commands_options_values_and_files(self):
        self.assertEqual(self.complete("readout-indexer", "opt"), ["optimize"])
        self.assertEqual(self.complete("readout-indexer", "add", "--ind"), ["--index"])
        self.assertNotIn("--force", self.complete("readout-indexer", "stats", "--"))
        self.assertEqual(self.complete("readout-indexer", "add", "--index", "news"), ["news.idx"])
        self.assertEqual(self.complete("readout-searchd", "--log-format", "j"), ["json"])
        self.assertEqual(self.complete("readout-searchd", "--log-format", "=", "j"), ["json"])
        self.assertEqual(self.complete("readout-searchd", "--workers", ""), [])
        self.assertIn("--typo", self.complete("readout-query", "--"))

    def test_the_units_name_what_was_installed(self):
        with open(self.at("lib", "systemd", "system", "readout-searchd.service"), encoding="utf-8") as f:
            unit = f.read()
        made = self.directory.join("state", "news.idx")
        os.mkdir(os.path.dirname(made))
        env = dict(os.environ, READOUT_INDEX=made)
        before, start = (shlex.split(re.search("^%s=(.*)$" % key, unit, re.M).group(1))
                         for key in ("ExecStartPre", "ExecStart"))
        run(*before, env=env, stdin=subprocess.DEVNULL)
        self.assertIn("is good", run(*start, "--check-config", env=env))
        with readout.Daemon(made) as daemon:
            self.assertEqual(daemon.json("/v1/search")["total"]["value"], 0)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_the_service_is_hardened(self):
        unit = self.at("lib", "systemd", "system", "readout-searchd.service")
        out = run("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=15", unit)
        self.assertRegex(out, "Overall exposure level .*: [01]\\.[0-9]")
        for name in ("service", "socket"):  # a word that this version does not know is told
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit.replace("service", name)],
                                  text=True, capture_output=True)
            self.assertNotRegex(done.stdout + done.stderr, "nknown|gnoring|ailed to parse")

    def test_the_library_is_found_by_pkg_config_and_builds_a_program(self):
        source = self.directory.write("program.c", PROGRAM)
        program = self.directory.join("program")
        where = glob.glob(self.at("lib*", "pkgconfig")) + glob.glob(self.at("lib", "*", "pkgconfig"))
        env = dict(os.environ, PKG_CONFIG_PATH=os.pathsep.join(where))
        flags = run("pkg-config", "--cflags", "--libs", "readout", env=env).split()
        run("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", source, "-o", program, *flags)
        self.assertEqual(run(program, self.index, "talks").strip(), "3")


@unittest.skipUnless(shutil.which("dpkg-deb") and shutil.which("dpkg-shlibdeps"), "no tools of Debian")
class Packaged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = readout.Directory()
        cls.addClassCleanup(cls.directory.__exit__)
        run("cpack", "-G", "DEB", "--config", os.path.join(BUILD, "CPackConfig.cmake"),
            "-B", cls.directory.path)
        cls.packages = {os.path.basename(path).split("_")[0]: path
                        for path in glob.glob(cls.directory.join("*.deb"))}

    def test_the_package_has_what_a_service_needs(self):
        self.assertEqual(set(self.packages), {"readout", "libreadout-dev"})
        root = self.directory.join("unpacked")
        run("dpkg-deb", "-x", self.packages["readout"], root)
        for name in ("readout-indexer", "readout-query", "readout-searchd"):
            self.assertIn(name, run(os.path.join(root, "usr", "bin", name), "--version"))
        with open(os.path.join(root, "usr/lib/systemd/system/readout-searchd.service"),
                  encoding="utf-8") as f:
            unit = f.read()
        self.assertIn("ExecStart=/usr/bin/readout-searchd --config /etc/readout/searchd.conf\n", unit)
        control = self.directory.join("control")
        run("dpkg-deb", "-e", self.packages["readout"], control)
        for script in ("postinst", "prerm", "postrm"):
            run("sh", "-n", os.path.join(control, script))
        with open(os.path.join(control, "conffiles"), encoding="utf-8") as f:
            for path in f.read().split():
                self.assertTrue(os.path.isfile(root + path), path)
        for path in ("usr/lib/sysusers.d/readout.conf", "usr/share/man/man8/readout-searchd.8.gz",
                     "usr/share/bash-completion/completions/readout-query",
                     "usr/share/doc/readout/copyright"):
            self.assertTrue(os.path.isfile(os.path.join(root, path)), path)

    def test_it_depends_on_every_library_the_programs_need(self):
        depends = run("dpkg-deb", "-f", self.packages["readout"], "Depends")
        needed = set()
        for name in ("readout-indexer", "readout-query", "readout-searchd"):
            listing = run("objdump", "-p", readout.program(name))
            needed |= set(re.findall(r"NEEDED +(\S+)", listing))
        for library in needed:
            owners = run("dpkg-query", "-S", "*/" + library)
            packages = {line.split(":")[0] for line in owners.splitlines()}
            self.assertTrue(any(re.search(r"(^|, )%s\b" % re.escape(p), depends) for p in packages), library)

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed")
    def test_lintian_finds_no_error(self):
        for package in self.packages.values():
            run("lintian", "--fail-on", "error", "--allow-root", package)


def is_sanitized():
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as f:
        return re.search(r"^RO_SANITIZE:\w+=.", f.read(), re.M) is not None


if __name__ == "__main__":
    if not shutil.which("cmake") or is_sanitized():
        print("skipped: only plain builds are installed")
        sys.exit(readout.SKIP)
    readout.main()
