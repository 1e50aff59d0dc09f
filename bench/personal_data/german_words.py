"""Words for german.py: towns with postal codes, pieces of street names, invented persons and firms."""

import re

# One town a line: its postal codes, then its area code, then its name.
GERMAN = """
10115,10999,12043,13353 30 Berlin
20095,20357,22765 40 Hamburg
80331,80799,81667 89 München
50667,50823 221 Köln
60311,60487 69 Frankfurt am Main
70173,70565 711 Stuttgart
40213,40479 211 Düsseldorf
04109,04229 341 Leipzig
44135 231 Dortmund
45127 201 Essen
28195 421 Bremen
01067,01099 351 Dresden
30159 511 Hannover
90402 911 Nürnberg
47051 203 Duisburg
44787 234 Bochum
42103 202 Wuppertal
33602 521 Bielefeld
53111 228 Bonn
48143 251 Münster
68159 621 Mannheim
76131,76133 721 Karlsruhe
86150 821 Augsburg
65183 611 Wiesbaden
41061 2161 Mönchengladbach
45879 209 Gelsenkirchen
52062 241 Aachen
38100 531 Braunschweig
24103 431 Kiel
09111 371 Chemnitz
06108 345 Halle (Saale)
39104 391 Magdeburg
79098 761 Freiburg im Breisgau
47798 2151 Krefeld
55116 6131 Mainz
23552 451 Lübeck
99084 361 Erfurt
46045 208 Oberhausen
18055 381 Rostock
34117 561 Kassel
58095 2331 Hagen
14467 331 Potsdam
66111 681 Saarbrücken
59065 2381 Hamm
67059 621 Ludwigshafen am Rhein
45468 208 Mülheim an der Ruhr
26122 441 Oldenburg
49074 541 Osnabrück
51373 214 Leverkusen
69117 6221 Heidelberg
64283 6151 Darmstadt
42651 212 Solingen
93047 941 Regensburg
44623 2323 Herne
33098 5251 Paderborn
41460 2131 Neuss
85049 841 Ingolstadt
63065 69 Offenbach am Main
90762 911 Fürth
89073 731 Ulm
97070 931 Würzburg
74072 7131 Heilbronn
75175 7231 Pforzheim
38440 5361 Wolfsburg
37073 551 Göttingen
46236 2041 Bottrop
72764 7121 Reutlingen
56068 261 Koblenz
27568 471 Bremerhaven
91054 9131 Erlangen
51465 2202 Bergisch Gladbach
54290 651 Trier
45657 2361 Recklinghausen
07743 3641 Jena
42853 2191 Remscheid
38226 5341 Salzgitter
47441 2841 Moers
57072 271 Siegen
33330 5241 Gütersloh
31134 5121 Hildesheim
67655 631 Kaiserslautern
03046 355 Cottbus
19053 385 Schwerin
72070 7071 Tübingen
99423 3643 Weimar
02826 3581 Görlitz
21335 4131 Lüneburg
78462 7531 Konstanz
95444 921 Bayreuth
94032 851 Passau
24937 461 Flensburg
17489 3834 Greifswald
18439 3831 Stralsund
96047 951 Bamberg
84028 871 Landshut
83022 8031 Rosenheim
88131 8382 Lindau (Bodensee)
82467 8821 Garmisch-Partenkirchen
25813 4841 Husum
06484 3946 Quedlinburg
26721 4921 Emden
35037 6421 Marburg
35390 641 Gießen
36037 661 Fulda
"""
AUSTRIAN = """
1010,1070,1150 1 Wien
8010 316 Graz
4020 732 Linz
5020 662 Salzburg
6020 512 Innsbruck
9020 463 Klagenfurt am Wörthersee
9500 4242 Villach
4600 7242 Wels
3100 2742 St. Pölten
6850 5572 Dornbirn
6900 5574 Bregenz
7000 2682 Eisenstadt
"""
SWISS = """
8001,8004 44 Zürich
4051 61 Basel
3011 31 Bern
8400 52 Winterthur
6003 41 Luzern
9000 71 St. Gallen
2502 32 Biel
3600 33 Thun
7000 81 Chur
8200 52 Schaffhausen
6300 41 Zug
5000 62 Aarau
"""


def towns(lines):
    """The (postal code, area code, name) of every code of every town."""
    for codes, area, name in re.findall(r"^(\S+) (\S+) (.+)$", lines, re.MULTILINE):
        for code in codes.split(","):
            yield code, area, name


TOWNS = {"DE": list(towns(GERMAN)), "AT": list(towns(AUSTRIAN)), "CH": list(towns(SWISS))}

STREET_STEMS = """
Linden Eichen Birken Kastanien Ahorn Buchen Erlen Rosen Tulpen Nelken Flieder Holunder Bahnhof Markt Kirch Schul
Garten Wald Wiesen Feld Berg Tal Mühlen Brunnen Burg Schloss Kloster Pfarr Post Rathaus Amsel Drossel Finken Meisen
Lerchen Sonnen Quellen Ziegelei Gerber Weber Schmiede Färber Töpfer Müller Bäcker Fischer Schäfer Jäger Hafen Deich
Ufer Moor Heide Hopfen Wein Apfel Kirsch Nord Süd Ost West Haupt Ring Park Zoll
""".split()
STREET_NAMED = """
Goethe Schiller Mozart Beethoven Brahms Schumann Lessing Herder Uhland Mörike Humboldt Leibniz Kepler Röntgen
Siemens Daimler Zeppelin Gutenberg Stresemann Adenauer Wilhelm Friedrich Luisen Augusta Bismarck
""".split()
STREET_HEADS = ("straße", "str.", "strasse", "weg", "gasse", "platz", "allee", "ring", "ufer", "damm", "steig", "pfad")
STREET_WHOLE = """\
Am Alten Markt|An der Alten Mühle|Am Hang|Auf der Heide|Auf dem Kamp|Im Winkel|In den Wiesen|Unter den Linden
Hinter der Mauer|Zum Bahnhof|Zur Schanze|Vor dem Tor|Am Stadtpark|Am Kanal|An den Kastanien|Im Grund|Zum Sportplatz
Beim Rathaus|Alte Gasse|Neuer Wall|Lange Reihe|Breiter Weg|Großer Burstah|Kleine Gasse|Hohe Straße|Alte Dorfstraße
Neue Straße|Obere Gasse|Untere Hauptstraße|Karl-Marx-Allee|Konrad-Adenauer-Platz|Rosa-Luxemburg-Straße
Geschwister-Scholl-Str.|Clara-Zetkin-Straße|Theodor-Heuss-Ring|Gerhart-Hauptmann-Weg|Anne-Frank-Straße
Straße des 17. Juni|Platz der Republik|Straße der Einheit|Berliner Straße|Münchner Str.|Leipziger Platz|Prager Ring
Bonner Talweg|Kurfürstendamm|Jungfernstieg|Reeperbahn|Graben|Kohlmarkt|Domhof|Stadthausbrücke""".replace(
    "\n", "|"
).split("|")

FIRST = """
Annika Bernd Carola Detlef Elif Falk Gesa Henrik Ilka Jürgen Käthe Lars Mareike Nils Özlem Petra Quirin Ronja Sören
Tjark Ulrike Volkmar Wiebke Xaver Yasemin Zita Björn Jörg Günter Heike Aylin Mirko
""".split()
LAST = """
Ackerknecht Brömmelhorst Dachsteiner Eulenbrock Fährmann Grünspecht Haselbusch Immenkamp Jöllenbeck Kornblum
Lütkenhaus Möhrenschläger Nachtweih Obermoser Pfeffersack Quastenberg Rübsam Schönebeck Tannhuber Überschär
Vogelpohl Wetterstein Zwirnmann Käsbohrer Däumling Straußfeld
""".split()
FIRMS = """
brenkhof-vertrieb nordhus-beratung kaltwasser-technik silberdistel-verlag wolkenbruch-it talgrund-logistik
moosbach-bau hollerbusch-media sturmvogel-energie eisvogel-analytik federkiel-recht lindwurm-software
""".split()
