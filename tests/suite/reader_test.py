"""rasp_models.py on a suite, on exports of the command line, on links. Arguments: the project's folder, a suite's folder."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

root, folder = Path(sys.argv[1]), Path(sys.argv[2])
sys.path.insert(0, str(root / "wasm" / "suite"))

import numpy as np
import rasp_models as rm

CLI = ["node", str(root / "wasm" / "cli.mjs")]


def compiled(out, program="sort.rasp", *options):
    subprocess.run([*CLI, "compile", str(root / "examples" / program), "--out", str(out), *options], check=True, capture_output=True)


class Suites(unittest.TestCase):
    suite = rm.open_suite(folder)

    def test_every_model_gives_its_recorded_outputs(self):
        for model in self.suite:
            self.assertEqual(model.verify(np.float32), [], model)
            self.assertEqual(model.verify(np.float64), [], model)

    def test_fingerprints_are_those_of_the_compiler(self):
        for model in self.suite:
            self.assertEqual(rm.fingerprint(model.config, model.weights), model.rasp["fingerprint"])

    def test_every_part_matters_on_its_witness(self):
        for model in self.suite:
            for part, witness in model.data["every_part_matters"].items():
                if part.startswith("MLP"):
                    hooks = {f"blocks.{part[3:]}.hook_mlp_out": np.zeros_like}
                else:
                    layer, head = part[1:].split("H")
                    def without(result, head=int(head)):
                        result = result.copy()
                        result[:, head] = 0
                        return result
                    hooks = {f"blocks.{layer}.attn.hook_result": without}
                self.assertNotEqual(model(witness, hooks=hooks), model(witness), f"{model} {part}")

    def test_truth_and_listing(self):
        for model in self.suite:
            edges = model.edges()
            self.assertEqual(len(set(edges)), len(edges))
            self.assertLessEqual(set(model.edges("causal")), set(model.edges("structural")))
            self.assertEqual({to for _, to, _ in edges} - {"output"}, {n["name"] for n in model.truth["nodes"] if "owners" in n})
            self.assertTrue(model.craft.startswith("craft 1\n"))
            for edge in model.truth["edges"]:
                if edge["causal"]:  # its witness differs where it says so
                    self.assertNotEqual(edge["witness"]["clean"], edge["witness"]["corrupted"])
        with self.assertRaisesRegex(ValueError, "structural, semantic or causal"):
            self.suite[0].edges("true")

    def test_bridge_weights_are_the_same_maps(self):
        """W_QK, W_OV and the MLP, from [out, in] matrices with the heads side by side, are those of the weights."""
        for model in list(self.suite)[:6]:
            w, b = model.weights, model.bridge_weights()
            H, d = model.n_heads, model.d_head
            for l in range(model.n_layers):
                at = f"blocks.{l}."
                q, k, v = (b[f"{at}attn.{x}.weight"].reshape(H, d, -1) for x in "qkv")
                o = b[at + "attn.o.weight"].reshape(-1, H, d)
                for h in range(H):
                    np.testing.assert_array_equal(q[h].T @ k[h], w[at + "attn.W_Q"][h] @ w[at + "attn.W_K"][h].T)
                    np.testing.assert_array_equal(v[h].T @ o[:, h].T, w[at + "attn.W_V"][h] @ w[at + "attn.W_O"][h])
                np.testing.assert_array_equal(b[at + "mlp.in.weight"].T, w[at + "mlp.W_in"])
                np.testing.assert_array_equal(b[at + "mlp.out.weight"].T, w[at + "mlp.W_out"])
            np.testing.assert_array_equal(b["unembed.weight"].T, w["unembed.W_U"])

    def test_filters_and_checksums(self):
        self.assertEqual(self.suite.damaged(), [])
        levels = sum(len(self.suite.filter(level=level)) for level in ("easy", "medium", "hard"))
        self.assertEqual(levels, len(self.suite))
        for clean, corrupted in self.suite[0].corrupted_pairs():
            self.assertEqual(len(clean), len(corrupted))

    def test_tokens_are_those_of_the_vocabulary(self):
        model = self.suite[0]
        self.assertEqual(model.tokens([])[0], model.bos_id)
        with self.assertRaisesRegex(ValueError, "not in the vocabulary"):
            model.tokens(["no such token"])
        with self.assertRaisesRegex(ValueError, "at most"):
            model.tokens([model.vocabulary[0]] * (model.max_length + 1))


class Files(unittest.TestCase):
    def test_safetensors_and_json_give_the_same_model(self):
        with tempfile.TemporaryDirectory() as out:
            out = Path(out)
            compiled(out / "sort.safetensors", "sort.rasp", "--format", "safetensors")
            compiled(out / "sort.json", "sort.rasp", "--format", "json")
            a, b = rm.load(out / "sort.safetensors"), rm.load(out / "sort.json")
            self.assertEqual(a([3, 1, 2]), [1, 2, 3])
            self.assertEqual(b([3, 1, 2]), [1, 2, 3])
            for name in a.weights:
                np.testing.assert_array_equal(a.weights[name], b.weights[name])

    def test_weights_of_another_model_are_refused(self):
        with tempfile.TemporaryDirectory() as out:
            out = Path(out)
            compiled(out / "a.safetensors", "sort.rasp", "--format", "safetensors")
            compiled(out / "b.safetensors", "reverse.rasp", "--format", "safetensors")
            (out / "a.safetensors.json").write_bytes((out / "b.safetensors.json").read_bytes())
            with self.assertRaisesRegex(rm.BadFile, "belong to two models"):
                rm.load(out / "a.safetensors")

    def test_damaged_files_are_named(self):
        with tempfile.TemporaryDirectory() as out:
            out = Path(out)
            compiled(out / "a.safetensors", "sort.rasp", "--format", "safetensors")
            data = (out / "a.safetensors").read_bytes()
            (out / "a.safetensors").write_bytes(data[: len(data) // 2])
            with self.assertRaisesRegex(rm.BadFile, "a part of the file is missing"):
                rm.load(out / "a.safetensors")
            with self.assertRaisesRegex(rm.BadFile, "there is no suite"):
                rm.open_suite(out)
            (out / "manifest.json").write_text('{"format": "rasp-suite/99", "models": []}')
            with self.assertRaisesRegex(rm.BadFile, "does not know"):
                rm.open_suite(out)

    def test_links(self):
        for file in sorted((root / "tests" / "web" / "links").glob("*.json")):
            golden = json.loads(file.read_text())
            project = rm.read_link("https://example.org/rasp/#" + golden["fragment"])
            self.assertEqual(project["files"], golden["project"]["files"], file)
            self.assertEqual(project["active"], golden["project"]["active"], file)
            body = golden["fragment"]
            changed = body[:-1] + ("0" if body[-1] != "0" else "1")
            if body.startswith("2."):
                with self.assertRaises(rm.BadFile):
                    rm.read_link("#" + changed)
        with self.assertRaises(rm.BadFile):
            rm.read_link("https://example.org/#intro")

    def test_a_link_is_compiled(self):
        import base64
        import zlib
        project = {"files": {"a.rasp": "#@ vocabulary \"ab\"\n#@ max_length 4\nx = selector_width(select(tokens, tokens, ==));\n"}, "active": "a.rasp"}
        body = "2.j." + base64.urlsafe_b64encode(json.dumps(project).encode()).decode().rstrip("=")
        model = rm.load(f"#{body}.{zlib.crc32(body.encode()):08x}", compiler=CLI)
        self.assertEqual(model(["a", "b", "a"]), [2, 1, 2])
        with self.assertRaisesRegex(rm.BadFile, "was not found"):
            rm.load(f"#{body}.{zlib.crc32(body.encode()):08x}", compiler=["no-such-compiler"])


    def link(self, project):
        import base64
        import zlib
        body = "2.j." + base64.urlsafe_b64encode(json.dumps(project).encode()).decode().rstrip("=")
        return f"https://example.org/#{body}.{zlib.crc32(body.encode()):08x}"

    def test_a_link_to_a_program_in_python_is_compiled(self):
        text = (root / "examples" / "tracr_histogram.py").read_text()
        fingerprint = json.loads(subprocess.run([*CLI, "compile", str(root / "examples" / "tracr_histogram.py")], capture_output=True, text=True).stdout)["fingerprint"]
        model = rm.load(self.link({"files": {"histogram.py": text}, "active": "histogram.py", "fingerprint": fingerprint}), compiler=CLI)
        self.assertTrue(model.entry["link_fingerprint_matches"])
        word = [model.vocabulary[0], model.vocabulary[1], model.vocabulary[0]]
        self.assertEqual(model(word), [2, 1, 2])
        with self.assertRaisesRegex(rm.BadFile, "does not compile"):
            rm.load(self.link({"files": {"x.py": "import os; os.nothing()"}, "active": "x.py"}), compiler=CLI)

    def test_settings_of_a_link_are_those_of_the_model(self):
        text = "#@ vocabulary \"ab\"\n#@ max_length 4\nx = selector_width(select(tokens, tokens, ==));\n"
        def model(settings):
            return rm.load(self.link({"files": {"a.rasp": text}, "active": "a.rasp", "settings": settings}), compiler=CLI)
        own = model({})
        self.assertEqual(model({"vocabulary": "abc"}).vocabulary, ["a", "b", "c"])
        self.assertEqual(model({"vocabulary": "[1, 2.5]"}).vocabulary, [1, 2.5])
        self.assertEqual(model({"maxLength": 6}).max_length, 6)
        self.assertTrue(model({"causal": True}).causal)
        self.assertEqual(model({"output": "x == 2"})(["a", "b", "a"]), [True, False, True])
        plain = model({"off": ["fuse", "fold", "merge_heads", "drop", "idioms", "factor", "pack", "reuse"]})
        self.assertNotEqual(plain.rasp["fingerprint"], own.rasp["fingerprint"])
        self.assertEqual(plain(["a", "b", "a"]), own(["a", "b", "a"]))


class Damage(unittest.TestCase):
    def test_whatever_is_damaged_is_said_and_nothing_else_is_raised(self):
        """Files with bytes changed, cut or left out either open or are refused by BadFile."""
        import shutil
        random = np.random.default_rng(5)
        model = rm.open_suite(folder).entries[0]["id"]
        with tempfile.TemporaryDirectory() as out:
            out = Path(out)
            shutil.copytree(folder / "models" / model, out / "models" / model)
            shutil.copy(folder / "manifest.json", out)
            (out / "manifest.json").write_text(json.dumps({**json.loads((out / "manifest.json").read_text()), "models": [json.loads((out / "manifest.json").read_text())["models"][0]]}))
            refused = 0
            for file in (out / "manifest.json", *(out / "models" / model / name for name in ("model.safetensors", "model.json", "truth.json", "data.json"))):
                whole = file.read_bytes()
                for turn in range(120):
                    data = bytearray(whole)
                    at = int(random.integers(min(len(data), 3000)))
                    kind = turn % 4
                    if kind == 0:
                        data[at] = int(random.integers(256))
                    elif kind == 1:
                        del data[at:]
                    elif kind == 2:
                        del data[at : at + int(random.integers(1, 60))]
                    else:
                        data[at:at] = b'null'
                    file.write_bytes(data)
                    try:
                        suite = rm.open_suite(out)
                        suite.damaged()
                        suite.filter(level="easy", split="train", mechanism="shift")
                        opened = suite[0]
                        opened.edges("causal"), list(opened.examples()), list(opened.corrupted_pairs()), opened.heads, opened.verify()
                    except rm.BadFile:
                        refused += 1
                file.write_bytes(whole)
            self.assertGreater(refused, 300)
            for text in ("null", "[]", "3", '{"format": "rasp-suite/1"}', '{"format": "rasp-suite/1", "models": [null]}', '{"format": ["rasp-suite/1"], "models": []}'):
                (out / "manifest.json").write_text(text)
                with self.assertRaises(rm.BadFile):
                    rm.open_suite(out)


class Metrics(unittest.TestCase):
    def test_roc_auc_is_the_share_of_pairs_in_order(self):
        random = np.random.default_rng(3)
        for _ in range(50):
            truth = random.integers(2, size=12).astype(bool)
            if truth.all() or not truth.any():
                continue
            scores = random.integers(4, size=12)
            pairs = [(a > b) + 0.5 * (a == b) for a in scores[truth] for b in scores[~truth]]
            self.assertAlmostEqual(rm.roc_auc(truth, scores), float(np.mean(pairs)))

    def test_one_kind_of_edge_has_no_curve(self):
        with self.assertRaises(ValueError):
            rm.roc_auc([True, True], [1, 2])


unittest.main(argv=["reader_test.py"], verbosity=1)
