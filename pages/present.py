"""Present: the tour of a saved view, on the whole screen."""

from barrx.ui.share import presenter

presenter.show()
