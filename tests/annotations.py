"""How annotations are checked while the tests run.

An int is a float, as PEP 484 says. Dates of any unit are dates and texts of any length are texts, where beartype wants
exactly the type without one.
"""

import numpy as np
from beartype import BeartypeConf, FrozenDict, beartype
from numpy.typing import NDArray

_OF_ANY_SIZE = FrozenDict({NDArray[np.datetime64]: np.ndarray, NDArray[np.str_]: np.ndarray})

checked = beartype(conf=BeartypeConf(is_pep484_tower=True, hint_overrides=_OF_ANY_SIZE))
