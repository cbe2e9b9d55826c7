from __future__ import annotations

from crowdbroker.marketplace.unknown_elements import unknown_elements


def test_elements_that_we_do_not_have_are_named_once_in_order():
    html = "<crowd-form><CROWD-Keypoint></CROWD-Keypoint><crowd-keypoint/><crowd-entity-annotation></crowd-form>"
    assert unknown_elements(html) == ["crowd-entity-annotation", "crowd-keypoint"]


def test_known_ones_comments_and_plain_pages_give_nothing():
    assert unknown_elements("<crowd-form><crowd-input name='a'></crowd-input></crowd-form>") == []
    assert unknown_elements("<!-- <crowd-keypoint> --><p>crowd-keypoint</p><crowd-form></crowd-form>") == []
    assert unknown_elements("<crowd-form><!-- <crowd-keypoint>") == []
