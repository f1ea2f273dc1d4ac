"""One photo of the sample: landmarks, visibility, boxes and labels against what was really drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fashionnet.formats.codes import JOINT_NAMES, SLOTS_OF
from fashionnet.sample import wear
from fashionnet.sample.attributes import ATTRIBUTES, COLUMN, EVERYTHING_SEEN, NAMES, REGIONS, labels
from fashionnet.sample.camera import Sensor
from fashionnet.sample.catalogue import draw_item, present
from fashionnet.sample.conditions import draw_conditions
from fashionnet.sample.cut import cut_of
from fashionnet.sample.photo import OWN, _Studio, take
from fashionnet.sample.places import landmark_places
from fashionnet.sample.recipes import RECIPES
from fashionnet.sample.scene import Backdrop
from fashionnet.sample.wear import PARTS

VIEWS = ("front", "side", "back", "alone")


def photographs(count, seed=0, category=None, view=None, zoom=None, **changes):
    """(item, conditions, photo) of random garments in random surroundings."""
    rng = np.random.default_rng(seed)
    for k in range(count):
        item = draw_item(rng, category)
        shown = view or VIEWS[k % 4]
        how = (0 if shown == "alone" else (0, 0, -1, 1, 2)[k % 5]) if zoom is None else zoom
        conditions = draw_conditions(rng, item.clothes_type, bool(rng.integers(0, 2)), shown, 1 + k % 3, how)
        conditions = replace(conditions, **changes)
        yield item, conditions, take(item, conditions, 120, 160)


@pytest.fixture(scope="module")
def photos():
    return list(photographs(120))


def near(mask, point, radius=2):
    x, y = map(int, np.floor(point))
    return mask[max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1]


def test_a_photo_is_a_pure_function_of_garment_and_surroundings(photos):
    for item, conditions, photo in photos[::20]:
        again = take(item, conditions, 120, 160)
        np.testing.assert_array_equal(again.image, photo.image)
        np.testing.assert_array_equal(again.landmarks, photo.landmarks)


def test_slots_follow_the_clothes_type(photos):
    for item, _, photo in photos:
        slots = tuple(np.flatnonzero(photo.visibility >= 0))
        assert slots == SLOTS_OF[item.clothes_type]
        assert not np.isnan(photo.landmarks[list(slots)]).any()


def test_visibility_is_what_the_picture_shows(photos):
    seen = {0: 0, 1: 0, 2: 0}
    for _, _, photo in photos:
        height, width = photo.mask.shape
        for point, visibility in zip(photo.landmarks, photo.visibility):
            if visibility < 0:
                continue
            seen[int(visibility)] += 1
            inside = 0 <= point[0] < width and 0 <= point[1] < height
            assert inside == (visibility < 2)
            if visibility == 0:
                assert near(photo.mask, point).any()
    assert min(seen.values()) > 20


def test_the_box_is_tight_around_the_visible_garment(photos):
    for _, _, photo in photos:
        if photo.mask.any():
            rows, columns = np.nonzero(photo.mask)
            assert photo.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_landmarks_stand_where_their_thread_is_drawn(monkeypatch):
    """A red dot painted on the cloth at each landmark comes out under the landmark."""
    made = wear._sheets.__wrapped__

    def marked(item, scale):
        sheets = made(item, scale)
        cut = cut_of(item)
        for sheet in sheets.values():
            sheet.colour[:] = (0, 0, 255)
            sheet.gloss = 0.0
        for part, place, along in landmark_places(item, cut).values():
            name = part.rstrip("01")
            if name in sheets:
                sheets[name].dot(place * cut.profiles[name].at(along), along, 0.012, (255, 0, 0))
        for sheet in sheets.values():
            sheet.finish()
        return sheets

    monkeypatch.setattr(wear, "_sheets", marked)
    distances = []
    plain = {"others": {}, "backdrop": Backdrop("studio", 0), "sensor": Sensor(), "held": None, "plant": None}
    for view in ("front", "alone"):
        for item, conditions, _ in photographs(40, seed=5, view=view, zoom=0, **plain):
            item = replace(
                item, neck="crew neck" if item.neck else "", details=frozenset(), fabric="cotton", pattern=None
            )
            body = replace(conditions.body, skin=(0, 200, 0), hair=(0, 200, 0), shoes=(0, 200, 0))
            photo = take(item, replace(conditions, body=body), 120, 160)
            places = landmark_places(item, cut_of(item))
            own = _Studio(item, conditions, 120, 160).own
            red = photo.image[..., 0].astype(int) - photo.image[..., 2]
            for slot, (point, visibility) in enumerate(zip(photo.landmarks, photo.visibility)):
                # A seam at the silhouette is visible as the edge it makes: its dot is a sliver or faces away.
                if visibility == 0 and places[slot][0] in own.tubes and own.locate(places[slot])[2] > 0.3:
                    found = near(red, point, 4) > 30
                    if not found.any():
                        continue
                    y, x = np.nonzero(red > 30)
                    distance = np.sqrt((x + 0.5 - point[0]) ** 2 + (y + 0.5 - point[1]) ** 2)
                    distances.append(distance.min())
    assert len(distances) > 150
    # A dot on a seam at the silhouette may be all but turned away: there the nearest red can be its last sliver, or
    # another dot. The pixel is the unit.
    assert np.median(distances) < 0.6
    assert np.mean(np.array(distances) < 2.5) > 0.98


def test_what_is_held_in_front_occludes():
    """The same photo with and without a bag: landmarks turn from visible to occluded where the bag is, only there."""
    hidden = 0
    for item, conditions, bare in photographs(60, seed=2, view="front", zoom=0, held=None, plant=None):
        bag = take(item, replace(conditions, held=("crossbody", (10, 200, 30), 1)), 120, 160)
        np.testing.assert_array_equal(bag.landmarks, bare.landmarks)
        covered = bag.parts != bare.parts
        for point, before, after in zip(bare.landmarks, bare.visibility, bag.visibility):
            if before != after:
                assert (before, after) == (0, 1)
                assert near(covered, point).any()
                hidden += 1
        assert bag.mask.sum() <= bare.mask.sum()
    assert hidden > 3


def test_an_arm_or_another_garment_in_front_occludes():
    for item, conditions, _ in photographs(30, seed=8, category="Dress", view="front", zoom=0, held=None, plant=None):
        over = draw_item(np.random.default_rng(1), "Blazer")
        alone, under = (take(item, replace(conditions, others=others), 120, 160) for others in ({}, {"over": over}))
        assert (under.visibility == 0).sum() <= (alone.visibility == 0).sum()
        assert under.mask.sum() < alone.mask.sum()


def test_joints_move_with_the_figure(photos):
    for _item, conditions, photo in photos:
        assert np.isnan(photo.joints).all() != conditions.worn
        if conditions.worn and conditions.pose.turn == 0 and not conditions.frame.roll:
            assert photo.joints[JOINT_NAMES.index("head top"), 1] < photo.joints[JOINT_NAMES.index("neck"), 1]
        height, width = photo.mask.shape
        outside = ~((photo.joints >= 0) & (photo.joints < (width, height))).all(1)
        assert (photo.joint_visibility[outside] == 1).all()


def test_the_wearers_sides_turn_with_the_view():
    """Left landmarks are on the viewer's left in front views, on the right from behind, and so are the joints."""
    for view, sign in (("front", 1), ("back", -1)):
        for _, conditions, photo in photographs(20, seed=4, view=view, zoom=0):
            if conditions.pose.turn % 360 not in range(20, 150):
                right, left = (photo.joints[JOINT_NAMES.index(f"{side} shoulder"), 0] for side in ("right", "left"))
                assert (left - right) * sign > 0
                for a, b in ((0, 1), (4, 5)):
                    if (photo.visibility[[a, b]] == 0).all():
                        assert (photo.landmarks[b, 0] - photo.landmarks[a, 0]) * sign > 0


# --- labels ---------------------------------------------------------------------------------------------------------


def columns(*regions):
    return [COLUMN[name] for name, _, region in ATTRIBUTES if region in regions]


def test_what_a_photo_cannot_show_is_unknown():
    for item, _, photo in photographs(24, seed=6, view="back", zoom=0):
        if item.clothes_type != 2:
            assert (photo.labels[columns("neck", "front")] == 0).all()
        else:
            assert (photo.labels[columns("front")] == 0).all()
    for _, _, photo in photographs(24, seed=6, view="front", zoom=2):
        ends = photo.visibility[6:]
        if (ends == 2).any():
            assert (photo.labels[columns("outline")] == 0).all()


def test_what_a_photo_shows_is_labelled(photos):
    known = np.zeros(len(NAMES))
    for item, _, photo in photos:
        truth = labels(present(item), EVERYTHING_SEEN)
        assert ((photo.labels == truth) | (photo.labels == 0)).all()
        known += photo.labels != 0
    assert known[columns("surface")].min() > 0.8 * len(photos)
    assert known[columns("neck", "sleeve", "front", "outline")].min() > 0.25 * len(photos)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sets(st.sampled_from(REGIONS)))
def test_seeing_less_never_contradicts_seeing_all(seed, seen):
    item = draw_item(np.random.default_rng(seed))
    whole = labels(present(item), EVERYTHING_SEEN)
    part = labels(present(item), {region: region in seen for region in REGIONS})
    assert ((part == whole) | (part == 0)).all()
    for name, _, region in ATTRIBUTES:
        if region:
            assert (part[COLUMN[name]] != 0) == (region in seen)


def test_styles_follow_from_what_can_be_seen():
    striped = labels({"breton stripe"}, EVERYTHING_SEEN)
    assert striped[COLUMN["nautical"]] == 1
    assert labels({"striped"}, EVERYTHING_SEEN)[COLUMN["nautical"]] == -1
    hidden = EVERYTHING_SEEN | {"surface": False}
    assert labels({"breton stripe"}, hidden)[COLUMN["nautical"]] == 0
    # plaid with a collar is preppy, and without one grunge: from behind the photo says neither.
    behind = labels({"plaid", "collared"}, EVERYTHING_SEEN | {"neck": False, "front": False})
    assert (behind[COLUMN["preppy"]], behind[COLUMN["grunge"]]) == (0, 0)
    with pytest.raises(KeyError, match="no such"):
        labels({"no such"}, EVERYTHING_SEEN)


@pytest.mark.parametrize("category", list(RECIPES))
def test_every_category_is_drawn_whole_in_every_view(category):
    for item, conditions, photo in photographs(4, seed=11, category=category, zoom=0, held=None, others={}):
        assert photo.image.dtype == np.uint8
        assert photo.mask.sum() > 0.02 * photo.mask.size
        drawn = set(np.unique(photo.parts)) & set(range(OWN, OWN + len(PARTS)))
        assert OWN in drawn
        if conditions.pose.turn == 0 and not conditions.worn:
            assert (photo.visibility[photo.visibility >= 0] == 0).mean() >= 0.5, item
