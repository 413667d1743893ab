"""Languages: catalogues per module, the reader's language, and the way dates, numbers and money look.

from crm_kernel.i18n import translate, use_locale
translate(text, "zh-CN")            # a Text in a language
with use_locale("en"): ...          # everything inside is shown in English
"""

from crm_kernel.i18n.catalogues import Catalogues, catalogues
from crm_kernel.i18n.locales import (
    LOCALES,
    PSEUDO,
    babel_locale,
    current_locale,
    current_timezone,
    negotiate,
    set_locale,
    use_locale,
)
from crm_kernel.i18n.translation import readable, translate, translate_plural

__all__ = [
    "LOCALES",
    "PSEUDO",
    "Catalogues",
    "babel_locale",
    "catalogues",
    "current_locale",
    "current_timezone",
    "negotiate",
    "readable",
    "set_locale",
    "translate",
    "translate_plural",
    "use_locale",
]
