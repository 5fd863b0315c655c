"""Words that lead nowhere: everyday English, the vocabulary of issues, and names that every repository has."""

_WORDS = """
able about above actual actually after again against also although always another
anything around available avoid back because been before behavior behaviour being below better between both break
breaks broken bugs build call called calling calls cannot case cases cause causes change changed changes check clear
code come comes common correct correctly could create created crash crashes current currently default describe
description detail details different does doesn doing done down during each easily either else enough error errors
even every everything exactly example examples exception expect expected fail failed failing fails failure false
feature file files find first fixed fixes follow following follows form found from full function functions gets give
given gives going good handle happen happened happens have having help here however implement implemented improve
inside instead into issue issues item items itself just keep kind know known last later least leave less like line
lines list little long look looks made main make makes many maybe message messages method might missing more most much
must name need needed needs never none note nothing number object only open option options order other otherwise
output over page part pass passed passing people perhaps place please point possible print problem problems produce
project proper properly provide python question quite raise raised raises rather reason really related remove report
reported reproduce request require required result results return returned returning returns right running same second
seems sees self send sense should show shown shows similar simple simply since single small some someone something
sometimes soon start steps still string such support supported sure system take takes tell test tests text than thank
thanks that their them then there these they thing things think this those though three through time times title
together took trace traceback tried tries true trying turn type types under unless unlike until upon used useful user
users uses using valid value values variable version very want wanted wants well were what whatever when where whether
which while will with within without wont word words work worked working works would write wrong yeah your
"""

_NAMES = """
ArithmeticError AssertionError AttributeError BaseException Boolean Exception FileNotFoundError GitHub ImportError
IndexError Integer IOException JavaScript KeyError LookupError ModuleNotFoundError NameError NotImplementedError
NullPointerException OSError OverflowError PermissionError PowerShell README RuntimeError RuntimeException
StackOverflow StopIteration String SyntaxError TypeError TypeScript UnicodeDecodeError UnicodeEncodeError ValueError
ZeroDivisionError __init__ __main__ __name__ async await bool bytes class console const dict elif except export final
float import int isinstance lambda len list null object print println private protected public self set static str
struct super throw throws tuple undefined void yield
"""

_PATHS = "com go index internal java js lib main org packages pkg py spec src test tests ts"

_SHORT = """
a add all an and any are as at be bug but by can did don for from get had has how if in is it its let new not now of off
old on one or out own per see set that the this to too try two use var via was way when who why with yet you
"""

COMMON_WORDS = frozenset(_WORDS.split())
COMMON_NAMES = frozenset(_NAMES.split())
PATH_WORDS = frozenset(_PATHS.split())
SHORT_WORDS = frozenset(_SHORT.split())
