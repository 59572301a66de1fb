"""The sealed journal, recomputed by `pymerkle`, its signatures by `cryptography`: neither is ours."""

import base64
import hashlib
import json
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from _checks import BASE, SITE, Checks, lianxin, require

checks = Checks()


class LeafTree(InmemoryTree):
    """A tree whose leaves come as hashes already."""

    def hash_buff(self, data):
        return data


def get(path):
    with urllib.request.urlopen(f"{BASE}/api/v1/journal/{path}", timeout=60) as answer:
        return json.load(answer)


def all_leaves():
    tree, start = LeafTree(), "0"
    while start is not None:
        page = get(f"leaves?from={start}&limit=10000")
        require(page["from"] == tree.get_size(), f"a page begins at {page['from']}")
        for leaf in page["leaves"]:
            tree.append_entry(bytes.fromhex(leaf))
        start = page["next"]
    require(tree.get_size() > 1000, f"only {tree.get_size()} leaves")
    return tree


def all_heads():
    # Another head over what came since the first: otherwise there is nothing that grew.
    lianxin("user", "add", "outside.tree", "--name", "树", "--role", "auditor", "--dir", SITE)
    lianxin("journal", "seal", "--dir", SITE)
    found = get("heads?limit=500")
    require(len(found["heads"]) >= 2, f"{len(found['heads'])} heads")
    return found


def verifier(text):
    name, short, encoded = text.split("+", 2)
    data = base64.b64decode(encoded, validate=True)
    require(data[0] == 1 and len(data) == 33, "no Ed25519 key")
    require(hashlib.sha256(name.encode() + b"\n" + data).digest()[:4].hex() == short, "the key's own hash")
    return name, bytes.fromhex(short), Ed25519PublicKey.from_public_bytes(data[1:])


def signed(note, keys):
    """What a signed note says: origin, size, root."""
    text, signatures = note.split("\n\n", 1)
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    for line in signatures.splitlines():
        dash, name, encoded = line.split(" ")
        data = base64.b64decode(encoded, validate=True)
        for known, short, key in keys:
            if dash == "—" and name == known == origin and data[:4] == short:
                key.verify(data[4:], text.encode())
                return int(size), base64.b64decode(root)
    raise AssertionError("nobody has signed it")


def roots(tree, found):
    keys = [verifier(one["key"]) for one in found["keys"]]
    for head in found["heads"]:
        size, root = signed(head["note"], keys)
        require(size == head["size"] and root.hex() == head["root"], f"head {head['number']} says something else")
        require(tree.get_root(size) == root, f"another root over {size} leaves")
    print(f"  {len(found['heads'])} heads over up to {found['heads'][0]['size']} leaves")


def inclusions(tree, found):
    keys = [verifier(one["key"]) for one in found["keys"]]
    size = found["heads"][-1]["size"]
    for index in sorted({0, 1, 2, 255, 256, size // 3, size // 2, size - 2, size - 1}):
        leaf = tree.get_leaf(index + 1)
        ours = get(f"inclusion?leaf={leaf.hex()}")
        covered, root = signed(ours["head"], keys)
        require(covered == ours["size"] and ours["index"] == index, f"leaf {index} is said to be {ours['index']}")
        proof = tree.prove_inclusion(index + 1, covered)
        verify_inclusion(leaf, root, proof)
        path = [base64.b64decode(one) for one in ours["path"]]
        require(sorted(path) == sorted(proof.path[1:]) or sorted(path + [leaf]) == sorted(proof.path), f"another path for leaf {index}")


def growth(tree, found):
    keys = [verifier(one["key"]) for one in found["keys"]]
    newest, oldest = found["heads"][0], found["heads"][-1]
    require(newest["size"] > oldest["size"], "nothing grew")
    ours = get(f"consistency?from={oldest['number']}&to={newest['number']}")
    (before, old), (after, new) = signed(ours["from"], keys), signed(ours["to"], keys)
    proof = tree.prove_consistency(before, after)
    verify_consistency(old, new, proof)
    # Ours is the path of RFC 6962, theirs another one: ours is followed with their hashing.
    path = [base64.b64decode(one) for one in ours["path"]]
    require(followed(tree, before, after, path) == (old, new), "our path does not lead to both roots")


def followed(tree, before, after, path):
    """RFC 9162, 2.1.4.2: the two roots that a path leads to."""
    if before & (before - 1) == 0:
        path = [tree.get_root(before), *path]
    place, last = before - 1, after - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = path[0]
    for one in path[1:]:
        if place & 1 or place == last:
            older, newer = tree.hash_pair(one, older), tree.hash_pair(one, newer)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            newer = tree.hash_pair(newer, one)
        place, last = place >> 1, last >> 1
    require(last == 0, "a path of another length")
    return older, newer


def whole():
    said = lianxin("journal", "verify", "--dir", SITE)
    require("✗" not in said, said)


found = checks.check("heads are signed", all_heads)
tree = checks.check("leaves are listed", all_leaves)
if found and tree:
    checks.check("every root is the one pymerkle computes", roots, tree, found)
    checks.check("inclusion proofs", inclusions, tree, found)
    checks.check("consistency proof", growth, tree, found)
    checks.check("the program itself finds it whole", whole)
checks.finish()
