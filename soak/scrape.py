"""Reads what /metrics says: Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats/."""

import re

LINE = re.compile(r"^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? ([^ ]+)(?: \d+)?$")
LABEL = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"')


class scrape:
    """The samples of one moment."""

    def __init__(self, text):
        # name: {labels: value}; labels as a frozenset of pairs.
        self._families = {}
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            found = LINE.match(line)
            if not found:
                raise ValueError(f"no sample: {line!r}")
            name, labels, value = found.groups()
            key = frozenset(LABEL.findall(labels or ""))
            self._families.setdefault(name, {})[key] = float(value)

    def family(self, name):
        return self._families.get(name, {})

    def has(self, name):
        return name in self._families

    def value(self, name, **labels):
        """Returns the one sample with just these labels, or None."""
        return self.family(name).get(frozenset(labels.items()))

    def total(self, name, **labels):
        """Returns the sum of all samples that have these labels; 0 also when there are none (see `has`)."""
        wanted = set(labels.items())
        return sum(value for key, value in self.family(name).items() if wanted <= key)

    def imbalances(self):
        """Returns one line for each edge whose numbers do not add up."""
        found = []
        for key, offered in self.family("sluice_edge_offered_total").items():

            def of(name, key=key):
                return self.family(f"sluice_edge_{name}").get(key, 0)

            refused = sum(value for labels, value in self.family("sluice_edge_refused_total").items() if key <= labels)
            accepted = of("accepted_total")
            left = sum(of(f"{way}_total") for way in ("delivered", "replaced", "coalesced", "evicted", "discarded"))
            edge = " ".join(sorted(value for _, value in key))
            if offered != accepted + of("dropped_total") + refused:
                found.append(f"{edge}: offered {offered:.0f}, but accepted {accepted:.0f}, dropped "
                             f"{of('dropped_total'):.0f} and refused {refused:.0f}")
            if accepted != left + of("depth"):
                found.append(f"{edge}: accepted {accepted:.0f}, but {left:.0f} left and {of('depth'):.0f} are there")
        return found
