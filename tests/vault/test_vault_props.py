"""For any tree of files: sealing and opening gives it back, and any changed byte is found."""

from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import KEY, VAULTS, contents, new_world, run, unheard
from safehouse_offload.lists import Entry, NotList, VaultList
from safehouse_offload.text import name_of
from safehouse_offload.verify import verify
from trees import trees

from safehouse.vault.unseal import BadSeal, OtherKey, unseal


@settings(max_examples=60, deadline=None)
@given(trees)
def test_any_tree_comes_back_as_it_was(tree: dict[str, bytes]) -> None:
    disk = new_world(0, tree)
    outcome = run(disk)
    assert outcome is not None
    assert outcome.done
    for vault in VAULTS:
        assert {name_of(p): c for p, c in contents(disk, vault)} == tree


@settings(max_examples=60, deadline=None)
@given(trees, st.integers(0, 1 << 40), st.integers(1, 255))
def test_any_changed_byte_is_found_and_opens_to_nothing_else(
    tree: dict[str, bytes], place: int, change: int
) -> None:
    disk = new_world(0, tree)
    assert run(disk)
    held = [p for p, n in disk.nodes.items() if p.startswith("/A/v/") and n.content]
    path = sorted(held)[place % len(held)]
    content = disk.nodes[path].content
    content[place // len(held) % len(content)] ^= change
    if path.endswith("FORMAT"):
        return
    assert verify(disk, ("/A/v",), "", unheard).damaged
    got: list[bytes] = []
    if "/objects/" in path:
        try:
            trailer = unseal(disk, path, KEY, got.append)
        except (BadSeal, OtherKey):
            return
        assert b"".join(got)[: trailer.bytes] == tree[name_of(trailer.path)]


names = st.binary(min_size=16, max_size=16).map(bytes.hex)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
entries = st.builds(Entry, names, st.integers(0, 1 << 50), digests)
lists = st.builds(
    lambda after, manifest, objects: VaultList(
        "offload", tuple(sorted(set(after))), manifest, tuple(sorted(set(objects)))
    ),
    st.lists(digests, max_size=3),
    entries,
    st.lists(entries, max_size=4),
)


@given(lists)
def test_a_list_is_read_as_it_was_written(one: VaultList) -> None:
    assert VaultList.read(one.written()) == one


@given(lists, st.data())
def test_a_changed_list_is_another_list_or_none(one: VaultList, data: st.DataObject) -> None:
    text = bytearray(one.written())
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert VaultList.read(bytes(text)) != one
    except NotList:
        return
