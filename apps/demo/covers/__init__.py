"""A cover for each style: one scene of 1200 x 630."""

from apps.demo.covers import banners, garden, horizon, river, sea, space

SCENES = {
    "line": river.scene,
    "pixel": space.scene,
    "woodcut": sea.scene,
    "neon": horizon.scene,
    "papercut": garden.scene,
    "heraldic": banners.scene,
}
