# Reference values for tests/lab/network_test.cc, from NumPy: python3 tests/lab/reference.py > tests/lab/reference.inc
# A transformer written a second time, in complex numbers. A derivative is the imaginary part of the loss where one parameter has an
# imaginary part of 1e-30: exact to rounding, and no backward pass is involved.
import numpy as np

H = 1e-30
D, d, V, N, OUT, F = 7, 3, 4, 5, 3, 5
HEADS = [[(2, 3), (1, 2)], [(3, 1)]]  # of each layer: width of queries and keys, of values
SCALE = 0.8
SEQUENCES = [[3, 0, 1, 2, 0], [3, 2, 2], [3, 1, 0, 0]]
TARGETS = [[-1, 0, 2, 1, 1], [-1, 2, -1], [-1, 0, 1, 2]]


class Stream:  # the same numbers in the test
    def __init__(self, state):
        self.state = state

    def draw(self):
        self.state = (self.state * 1103515245 + 12345) % 2147483648
        return self.state / 1073741824 - 1

    def matrix(self, rows, columns, size=1.0):
        return np.array([[size * self.draw() for _ in range(columns)] for _ in range(rows)], dtype=complex)


def parameters():
    s, p = Stream(7), {}
    p["embed.W_E"], p["pos_embed.W_pos"] = s.matrix(V, D), s.matrix(N, D)
    for l, heads in enumerate(HEADS):
        for h, (qk, v) in enumerate(heads):
            at = f"blocks.{l}.attn.{h}."
            p[at + "W_Q"], p[at + "W_K"], p[at + "W_V"] = s.matrix(D, qk), s.matrix(D, qk), s.matrix(D, v)
            p[at + "b_Q"], p[at + "b_K"], p[at + "b_V"] = s.matrix(1, qk), s.matrix(1, qk), s.matrix(1, v)
            p[at + "W_O"] = s.matrix(v, D)
        at = f"blocks.{l}."
        p[at + "attn.b_O"] = s.matrix(1, D)
        p[at + "mlp.W_in"], p[at + "mlp.b_in"] = s.matrix(D, F), s.matrix(1, F)
        p[at + "mlp.W_out"], p[at + "mlp.b_out"] = s.matrix(F, D), s.matrix(1, D)
    p["unembed.W_U"], p["unembed.b_U"] = s.matrix(D, OUT), s.matrix(1, OUT)
    return p


def forward(p, ids, W, causal):
    T = len(ids)
    x = (p["embed.W_E"][ids] + p["pos_embed.W_pos"][:T]) @ W
    outputs = []
    for l, heads in enumerate(HEADS):
        seen, added = x @ W.T, p[f"blocks.{l}.attn.b_O"] + np.zeros((T, D))
        for h in range(len(heads)):
            at = f"blocks.{l}.attn.{h}."
            q, k, v = (seen @ p[at + "W_" + n] + p[at + "b_" + n] for n in "QKV")
            scores = SCALE * (q @ k.T)
            scores = scores - scores.real.max(axis=1, keepdims=True)
            e = np.exp(scores)
            if causal:
                e = e * np.tri(T)
            added = added + (e / e.sum(axis=1, keepdims=True)) @ v @ p[at + "W_O"]
        x = x + added @ W
        outputs.append(added)
        pre = x @ W.T @ p[f"blocks.{l}.mlp.W_in"] + p[f"blocks.{l}.mlp.b_in"]
        added = np.where(pre.real > 0, pre, 0) @ p[f"blocks.{l}.mlp.W_out"] + p[f"blocks.{l}.mlp.b_out"]
        x = x + added @ W
        outputs.append(added)
    return x @ W.T @ p["unembed.W_U"] + p["unembed.b_U"], outputs


def loss(p, W, exact, causal):
    entropy, counted, squares, rows = 0, 0, [0] * 2 * len(HEADS), 0
    for i, (ids, targets) in enumerate(zip(SEQUENCES, TARGETS)):
        logits, outputs = forward(p, ids, W, causal)
        rows += len(ids)
        for b, o in enumerate(outputs):
            squares[b] = squares[b] + ((o - exact[i][b]) ** 2).sum()
        for t, target in enumerate(targets):
            if target < 0:
                continue
            e = np.exp(logits[t] - logits[t].real.max())
            entropy = entropy - np.log(e[target] / e.sum())
            counted += 1
    return entropy / counted + sum(squares) / (rows * D)


def projection(g):  # two numbers that say whether a gradient is right: its sum under two patterns of weights
    n = np.arange(g.size)
    flat = g.flatten()
    return float((flat * np.cos(0.7 * n)).sum()), float((flat * np.sin(1.3 * n + 0.4)).sum())


def derivative(f, a):
    g = np.zeros(a.shape)
    for i in np.ndindex(*a.shape):
        a[i] += H * 1j
        g[i] = f().imag / H
        a[i] -= H * 1j
    return projection(g)


print("// Made by reference.py; not to be edited. {causal, tensor (basis: W), sum by cos, sum by sin}; loss: {loss, 0}.")
for causal in (False, True):
    flag = "true" if causal else "false"
    p, identity = parameters(), np.eye(D, dtype=complex)
    exact = [[o.real + 0.1 for o in forward(p, ids, identity, causal)[1]] for ids in SEQUENCES]
    f = lambda: loss(p, identity, exact, causal)
    print(f'{{{flag}, "loss", {float(f().real)!r}, 0}},')
    for name, a in p.items():
        x, y = derivative(f, a)
        print(f'{{{flag}, "{name}", {x!r}, {y!r}}},')
    W = Stream(99).matrix(D, d, 0.6)
    g = lambda: loss(p, W, exact, causal)
    print(f'{{{flag}, "basis.loss", {float(g().real)!r}, 0}},')
    x, y = derivative(g, W)
    print(f'{{{flag}, "basis", {x!r}, {y!r}}},')
