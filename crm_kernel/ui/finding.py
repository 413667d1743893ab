"""The search box over everything, the look-up fields of forms, and what is due in the menu."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect

from crm_kernel.errors import NotFound
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.actions import offered
from crm_kernel.ui.menu import menu_badges
from crm_kernel.ui.room import PageRoom
from crm_kernel.web.parameters import CurrentActor, PathWord, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
SIGNED_IN = {"signed_in": "the search finds only what the person may view"}
OWN_MENU = {"signed_in": "counts are those of the entries in the person's own menu"}
FOUND = 6


class Finding(PageRoom):
    """Answers for the page's scripts."""

    def handlers(self) -> list[Any]:
        """Search box, badges, look-up fields, and the address of a record known by entity and id."""
        return [
            get("/palette", opt=SIGNED_IN, include_in_schema=False)(self.palette),
            get("/menu-badges", opt=OWN_MENU, include_in_schema=False)(self.badges),
            get("/lookup/{name:str}", opt=SIGNED_IN, include_in_schema=False)(self.lookup),
            get("/records/{name:str}/{id:uuid}", opt=SIGNED_IN, include_in_schema=False)(self.record),
        ]

    async def badges(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """The numbers at the menu's entries, fetched after the page so that no page waits for them."""
        due = await menu_badges(self.kernel, actor)
        return self.renderer.part(request, "crm/parts/menu_badges.html", due=due)

    async def palette(self, request: AnyRequest, actor: CurrentActor) -> dict[str, list[dict[str, str]]]:
        """Records by whatever one knows of them, and actions by their words."""
        q = request.query_params.get("q", "").strip()[:100]
        prefix = self.kernel.settings.prefix
        items: list[dict[str, str]] = []
        if q and self.kernel.offers("search"):
            for hit in await self.kernel.service("search").search(actor, q, limit=FOUND):
                entity = self.kernel.registry.entity(hit.entity)
                if entity is not None and entity.pages:
                    items.append(
                        {
                            "label": hit.label,
                            "detail": hit.detail,
                            "url": prefix + hit.path,
                            "icon": entity.icon,
                            "kind": translate(entity.plural_label),
                        }
                    )
        kind = translate(_("Actions"))
        for action in offered(self.kernel, actor):
            words = " ".join([translate(action.label), *action.keywords]).lower()
            if q.lower() in words:
                items.append(
                    {
                        "label": translate(action.label),
                        "detail": "",
                        "url": prefix + action.path,
                        "icon": action.icon,
                        "kind": kind,
                    }
                )
        return {"items": items}

    async def lookup(
        self, request: AnyRequest, actor: CurrentActor, name: PathWord
    ) -> dict[str, list[dict[str, str]]]:
        """Candidates of a look-up field."""
        q = request.query_params.get("q", "").strip()[:100]
        if name == "staff":
            people = await self.kernel.service("organisation").colleagues(actor, q)
            return {"items": [{"value": str(key), "label": label, "detail": ""} for key, label in people]}
        entity = self.kernel.registry.entity(name)
        if entity is None or not actor.may(entity.permission("view")):
            raise NotFound()
        if not q:
            return {"items": []}
        hits = await self.kernel.service("search").search(actor, q, entities=[entity.name], limit=10)
        return {"items": [{"value": str(hit.id), "label": hit.label, "detail": hit.detail} for hit in hits]}

    async def record(self, name: PathWord, id: RecordId) -> Redirect:
        """To a record's page, for links that know only its entity's name."""
        entity = self.kernel.registry.entity(name)
        if entity is None or not entity.pages:
            raise NotFound()
        return Redirect(f"{self.kernel.settings.prefix}/{entity.plural}/{id}", status_code=303)
