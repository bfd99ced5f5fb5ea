"""Home regions of the demo's players with common names, and the words for handles."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Homeland:
    """A time zone: its weight among players, its offset in winter (near enough for a crowd), and names, one a word."""

    region: str
    time_zone: str
    weight: int
    utc_hours: float
    given: str
    family: str


PLACES = (
    Homeland(
        *("EU", "Europe/Berlin", 68, 1),
        "Anke Bastian Carla Dennis Elif Finn Greta Hannes Ilse Jannik Katja Lukas Marlene Nele Ole Rike Sönke Tjark",
        "Ahlers Brandt Demir Fuchs Hartwig Jahnke Köhler Lorenz Petersen Reuter Seidel Vogt",
    ),
    Homeland(
        *("EU", "Europe/Paris", 60, 1),
        "Anouk Bastien Chloé Damien Élodie Fabien Gaëlle Hugo Inès Lucie Mathis Noémie Océane Quentin Rémi Solène Yann",
        "Aubert Besson Carlier Delmas Fabre Guérin Lacroix Marchand Perrin Roussel Tessier Vidal",
    ),
    Homeland(
        *("EU", "Europe/London", 62, 0),
        "Aoife Bryn Callum Dilys Ewan Freya Gethin Harriet Imogen Jude Kit Leah Morag Niamh Orla Rhys Seren Tom Zadie",
        "Ashworth Bevan Calder Doyle Fairley Hale Kerr Lomax Maddox Pryce Sharma Thorne Whitlock",
    ),
    Homeland(
        *("EU", "Europe/Warsaw", 42, 1),
        "Agata Bartek Celina Dawid Ewelina Filip Gosia Hubert Iga Jacek Kinga Łukasz Magda Nikodem Ola Paweł Zofia",
        "Borek Czajka Dudek Gajda Jarosz Kania Lis Mazur Nowik Pawlak Sikora Wrona Zając",
    ),
    Homeland(
        *("EU", "Europe/Madrid", 40, 1),
        "Adrián Berta Carles Dolores Elena Fermín Gema Héctor Irene Jordi Laia Marc Nuria Óscar Pilar Rocío Sergi Unai",
        "Arroyo Bosch Campos Durán Ferrer Gallardo Ibarra Lozano Montes Pons Rubio Soler Vega",
    ),
    Homeland(
        *("EU", "Europe/Helsinki", 22, 2),
        "Aino Eero Helmi Ilari Jarkko Kaisa Lauri Mirja Niko Oona Pekka Riikka Saku Tuuli Ville Väinö",
        "Aalto Hakala Järvi Koski Laine Mäkelä Niemi Rantanen Salo Tuomi Virta",
    ),
    Homeland(
        *("EU", "Europe/Stockholm", 28, 1),
        "Agnes Björn Ebba Elias Freja Gustav Hedda Ida Kasper Lovisa Maja Nils Oskar Petra Saga Søren Tuva Viggo",
        "Berg Dahl Ekman Fors Holm Lind Nyman Sandvik Strand Thorsen Wikström",
    ),
    Homeland(
        *("EU", "Europe/Istanbul", 24, 3),
        "Aylin Baran Ceren Deniz Emre Figen Gökhan Hazal Kerem Leyla Mert Nehir Onur Pelin Selin Tolga Yasemin",
        "Acar Bulut Doğan Erdem Kaplan Korkmaz Özkan Şahin Tekin Yavuz",
    ),
    Homeland(
        *("NA", "America/New_York", 82, -5),
        "Abby Beau Camila Darnell Emery Frankie Grant Hollis Imani Jules Kendall Logan Marcus Nia Owen Priya Tess",
        "Alvarez Baptiste Chen Delgado Ellison Foster Greene Hoffman Ingram Kowalski Mercer Okafor Russo Whitaker",
    ),
    Homeland(
        *("NA", "America/Chicago", 52, -6),
        "Addie Brody Casey Dana Ellis Fern Gage Harper Isaac Jolene Kyle Lena Mason Nora Reese Skyler Tatum Wes",
        "Bauer Castillo Dawson Erickson Fields Garza Hendricks Larsen Meyer Novak Pruitt Sutton Tran Vance",
    ),
    Homeland(
        *("NA", "America/Los_Angeles", 58, -8),
        "Alex Bianca Cyrus Diana Eli Grace Hana Ivan Jade Kai Luz Mina Nico Parker Rosa Sam Tomás Uma Yuna Zeke",
        "Aguilar Banerjee Cho Flores Hayashi Kim Lam Mendoza Nguyen Park Reyes Saito Torres Wong",
    ),
    Homeland(
        *("NA", "America/Toronto", 36, -5),
        "Amélie Blair Colin Devon Esme Farid Gwen Hugh Ian Jasleen Keira Liam Maude Noor Oliver Rowan Simone Xavier",
        "Beaulieu Campbell Dhillon Fraser Gagnon Hussain Leclair MacLean Osei Pelletier Singh Tremblay",
    ),
    Homeland(
        *("NA", "America/Mexico_City", 38, -6),
        "Abril Benito Citlali Damián Estela Fidel Gael Itzel Jimena Leonel Marisol Néstor Paloma Rogelio Ximena Yadira",
        "Barrera Cárdenas Domínguez Escobedo Fuentes Guzmán Herrera Luna Ochoa Quiroz Salinas Zamora",
    ),
    Homeland(
        *("AS", "Asia/Tokyo", 56, 9),
        "Aiko Chihiro Daichi Emi Fumi Haruto Itsuki Kaede Kenji Mei Nanami Ren Rin Sora Takumi Yuki Yuto",
        "Abe Fujita Hoshino Inoue Kojima Matsuda Nakano Okada Sakai Ueda Yoshida",
    ),
    Homeland(
        *("AS", "Asia/Seoul", 40, 9),
        "Areum Bora Chanwoo Dahye Eunji Gaeun Hyunwoo Jiho Jimin Minseo Nari Seojun Sua Taeyang Yejin Yuna",
        "Ahn Bae Choi Han Jang Kang Kwon Lim Oh Seo Shin Yoon",
    ),
    Homeland(
        *("AS", "Asia/Kolkata", 42, 5.5),
        "Aarav Bhavna Chetan Divya Esha Farhan Gita Ishaan Jaya Kavya Manish Neha Ojas Pooja Rohan Sneha Tanvi Vikram",
        "Bhat Chawla Desai Ghosh Iyer Joshi Kapoor Menon Nair Patel Rao Sethi Varma",
    ),
    Homeland(
        *("AS", "Asia/Jakarta", 24, 7),
        "Adit Bayu Citra Dewi Eka Fajar Gilang Indah Joko Kartika Lestari Mega Nanda Putri Rizky Sari Wahyu Yoga",
        "Gunawan Hidayat Kusuma Nugroho Pratama Santoso Siregar Utami Wibowo",
    ),
    Homeland(
        *("AS", "Asia/Manila", 24, 8),
        "Althea Benjie Carlo Dindo Elaine Francis Gina Honey Isko Jericho Kris Liza Mayumi Nonoy Paolo Rhea Tala",
        "Bautista Cruz Dizon Garcia Lacson Mendoza Navarro Pascual Ramos Santos Villar",
    ),
    Homeland(
        *("AS", "Asia/Ho_Chi_Minh", 20, 7),
        "An Bảo Chi Duy Giang Hạnh Khoa Lan Linh Minh Ngọc Phúc Quyên Thảo Trí Vy",
        "Bùi Đặng Dương Hoàng Lê Ngô Phạm Trần Trịnh Võ",
    ),
    Homeland(
        *("SA", "America/Sao_Paulo", 52, -3),
        "Alice Bruno Caio Dandara Enzo Fernanda Gustavo Heloísa Igor João Mateus Nathália Otávio Raí Tainá Vitor",
        "Almeida Barbosa Cardoso Dias Farias Lopes Macedo Nogueira Pires Ramos Tavares Vieira",
    ),
    Homeland(
        *("SA", "America/Argentina/Buenos_Aires", 28, -3),
        "Agustín Belén Camilo Delfina Emilia Facundo Giuliana Ignacio Julieta Lautaro Malena Nahuel Pilar Úrsula",
        "Acosta Bianchi Cabrera Ferreyra Giménez Ledesma Molina Paz Quiroga Ríos Sosa",
    ),
    Homeland(
        *("SA", "America/Bogota", 26, -5),
        "Andrés Brigitte Catalina Daniela Esteban Felipe Isabela Jhon Karina Luisa Manuel Natalia Orlando Sara Wilmer",
        "Arango Bedoya Castaño Giraldo Jaramillo Londoño Mejía Ospina Restrepo Zapata",
    ),
    Homeland(
        *("OC", "Australia/Sydney", 30, 10),
        "Blake Cody Darcy Ella Georgia Harry Indie Jarrah Kirra Lachie Mia Noah Piper Riley Sienna Tahlia Zane",
        "Archer Barlow Cooper Drummond Hogan Lawson Murphy Nolan Papadakis Quinlan Walsh",
    ),
    Homeland(
        *("OC", "Pacific/Auckland", 18, 12),
        "Anahera Ben Hana Hemi Isla Kahu Leilani Manaia Ngaire Nikau Rangi Sione Tane Tia Willa",
        "Anderson Faleolo Harawira Kingi Latu Mahuta Parata Rewi Tamihana Wilson",
    ),
    Homeland(
        *("AF", "Africa/Lagos", 16, 1),
        "Ada Babajide Chidi Damilola Efe Femi Ifeoma Kelechi Ngozi Obi Sade Tobi Uche Yetunde Zainab",
        "Adeyemi Balogun Eze Lawal Nwosu Obi Okeke Olawale Uzor",
    ),
    Homeland(
        *("AF", "Africa/Johannesburg", 12, 2),
        "Ayanda Bongani Chanel Dirk Gugu Karabo Lerato Naledi Palesa Pieter Sipho Thandi Zanele",
        "Botha Dlamini Khumalo Mokoena Naidoo Nkosi Pillay Sithole Steyn",
    ),
    Homeland(
        *("AF", "Africa/Nairobi", 10, 3),
        "Amani Baraka Chebet Faraja Jabari Kamau Makena Njeri Otieno Wangari Zawadi",
        "Barasa Kariuki Kiptoo Mwangi Ndungu Odhiambo Wanjiru",
    ),
    Homeland(
        *("AF", "Africa/Cairo", 10, 2),
        "Amira Dalia Farida Hassan Karim Layla Mostafa Nour Omar Rania Salma Tarek Youssef",
        "Abdallah Farouk Hamdy Mansour Nasser Sabry Shaheen Zaki",
    ),
)
FIRST_WORDS = """
amber ashen blue brisk calm cedar cobalt copper crisp dapper dusky early east ember faint fern flint foggy fox
frost gentle glass gold grey hazel hollow idle indigo iron ivory jade keen kelp late lemon lunar maple mellow
misty moss neon night north oak ochre odd olive opal pale paper pearl pine plum quick quiet rapid raven red
river rook rusty sable salt sand sharp silver sleepy slow smoke snow solar south spare steady stone storm
sunny swift tall tidal tin true umber velvet warm west wild willow winter wry
"""
SECOND_WORDS = """
anchor badger beacon birch bishop boot brook byte canyon cat cove crane dagger dawn delta dove drake echo elk
falcon fern finch fjord forge fox garnet ghost gull harbor hare harp hawk heron hound ibis jay kestrel kite
lantern lark ledger lynx magpie marlin marten mill moth newt nomad orbit otter owl pilot pixel plover prism
puffin quartz quill raft rambler ranger raven reed robin rover sailor scout shade signal skiff smith sparrow
spire sprout stag stork swan tern thistle tinker toad tower vale vole voyager walker warden wave weaver whale
wolf wren yarrow
"""
