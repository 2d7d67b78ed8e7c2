/**
 * From import names to distributions. Most bear the name that is imported; the table has those that
 * do not. Parts of namespace packages (`google.cloud.storage`) are told apart by their dotted name.
 */
import { normaliseName } from './requirements.ts';

const TABLE = `
_cffi_backend cffi
_pytest pytest
absl absl-py
airflow apache-airflow
allauth django-allauth
alpaca alpaca-py
antlr4 antlr4-python3-runtime
apiclient google-api-python-client
appium appium-python-client
AppKit pyobjc-framework-cocoa
arango python-arango
argon2 argon2-cffi
asynchat pyasynchat
asyncore pyasyncore
atlassian atlassian-python-api
attr attrs
audioop audioop-lts
axes django-axes
barcode python-barcode
binance python-binance
Bio biopython
board adafruit-blinka
box python-box
bs4 beautifulsoup4
bson pymongo
busio adafruit-blinka
cairo pycairo
camelot camelot-py
can python-can
cassandra cassandra-driver
cgi legacy-cgi
clang libclang
clr pythonnet
community python-louvain
consul python-consul
corsheaders django-cors-headers
cpuinfo py-cpuinfo
crispy_forms django-crispy-forms
crontab python-crontab
Crypto pycryptodome
Cryptodome pycryptodomex
cups pycups
cv2 opencv-python
daemon python-daemon
databricks.sql databricks-sql-connector
dateutil python-dateutil
dbus dbus-python
debug_toolbar django-debug-toolbar
delta delta-spark
discord discord-py
distutils setuptools
django_filters django-filter
dns dnspython
docx python-docx
dotenv python-dotenv
editor python-editor
ee earthengine-api
elftools pyelftools
engineio python-engineio
environ django-environ
factory factory-boy
faiss faiss-cpu
ffmpeg ffmpeg-python
firecrawl firecrawl-py
fitz pymupdf
Foundation pyobjc-framework-cocoa
fpdf fpdf2
functional pyfunctional
gflags python-gflags
gi pygobject
git gitpython
github pygithub
gitlab python-gitlab
google.cloud.monitoring_v3 google-cloud-monitoring
google.cloud.pubsub_v1 google-cloud-pubsub
google.cloud.secretmanager google-cloud-secret-manager
google.cloud.tasks_v2 google-cloud-tasks
google.cloud.translate_v2 google-cloud-translate
google.oauth2 google-auth
google.protobuf protobuf
googleapiclient google-api-python-client
googlesearch googlesearch-python
graphql graphql-core
grpc grpcio
grpc_health grpcio-health-checking
grpc_reflection grpcio-reflection
grpc_status grpcio-status
grpc_tools grpcio-tools
guardian django-guardian
haystack haystack-ai
hubspot hubspot-api-client
hydra hydra-core
imblearn imbalanced-learn
imghdr standard-imghdr
impala impyla
import_export django-import-export
IPython.display ipython
iso639 python-iso639
jenkins python-jenkins
jks pyjks
jose python-jose
jpype jpype1
jwt pyjwt
kafka kafka-python
kasa python-kasa
kerberos pykerberos
keycloak python-keycloak
keystone keystone-engine
keystoneclient python-keystoneclient
ldap python-ldap
logstash python-logstash
lxml.html lxml
magic python-magic
markdown_it markdown-it-py
MeCab mecab-python3
memcache python-memcached
miio python-miio
mpl_toolkits matplotlib
mptt django-mptt
multipart python-multipart
mysql.connector mysql-connector-python
MySQLdb mysqlclient
nacl pynacl
nats nats-py
newspaper newspaper3k
nio matrix-nio
nmap python-nmap
novaclient python-novaclient
objc pyobjc-core
odf odfpy
onepassword onepassword-sdk
OpenGL pyopengl
OpenSSL pyopenssl
openstack openstacksdk
opentelemetry opentelemetry-api
osgeo gdal
paho paho-mqtt
pam python-pam
past future
pdfminer pdfminer-six
phonenumber_field django-phonenumber-field
PIL pillow
pkg_resources setuptools
plaid plaid-python
playhouse peewee
pptx python-pptx
psycopg2 psycopg2-binary
pulsar pulsar-client
pwn pwntools
pwnlib pwntools
pylab matplotlib
pynvml nvidia-ml-py
pysat python-sat
pysqlite3 pysqlite3-binary
pythoncom pywin32
pythonjsonlogger python-json-logger
pyVim pyvmomi
pywintypes pywin32
pywt pywavelets
pyximport cython
Quartz pyobjc-framework-quartz
rapidjson python-rapidjson
readability readability-lxml
rediscluster redis-py-cluster
rest_framework djangorestframework
rest_framework_jwt djangorestframework-jwt
rest_framework_simplejwt djangorestframework-simplejwt
robot robotframework
RPi rpi-gpio
SeleniumLibrary robotframework-seleniumlibrary
serial pyserial
serpapi google-search-results
shapefile pyshp
skbio scikit-bio
skfuzzy scikit-fuzzy
skimage scikit-image
sklearn scikit-learn
skmultilearn scikit-multilearn
skopt scikit-optimize
sksurv scikit-survival
skvideo sk-video
slack slackclient
slugify python-slugify
smbus smbus2
snappy python-snappy
snowflake.connector snowflake-connector-python
snowflake.snowpark snowflake-snowpark-python
socketio python-socketio
socks pysocks
speech_recognition speechrecognition
stan pystan
stdnum python-stdnum
stl numpy-stl
stomp stomp-py
storages django-storages
strawberry strawberry-graphql
surprise scikit-surprise
swiftclient python-swiftclient
tabula tabula-py
taggit django-taggit
talib ta-lib
tavily tavily-python
telebot pytelegrambotapi
telegram python-telegram-bot
telnetlib standard-telnetlib
testinfra pytest-testinfra
tlz toolz
tortoise tortoise-orm
tree dm-tree
umap umap-learn
unleash_client unleashclient
usb pyusb
usb1 libusb1
vertexai google-cloud-aiplatform
vlc python-vlc
weaviate weaviate-client
webpack_loader django-webpack-loader
websocket websocket-client
whisper openai-whisper
whois python-whois
widget_tweaks django-widget-tweaks
wikipediaapi wikipedia-api
win32 pywin32
win32api pywin32
win32clipboard pywin32
win32com pywin32
win32con pywin32
win32event pywin32
win32gui pywin32
win32service pywin32
winrm pywinrm
wx wxpython
xdist pytest-xdist
Xlib python-xlib
yaml pyyaml
yaml_include pyyaml-include
yara yara-python
z3 z3-solver
zmq pyzmq
`;

/** Packages that many distributions share: the top-level name does not say which one is meant. */
export const NAMESPACES =
  'google azure zope ruamel opentelemetry snowflake databricks jaraco backports mysql sphinxcontrib';

/** Names that scripts give to modules of their own, though distributions of that name exist. */
const USUALLY_LOCAL = new Set(
  'app auth base board cli client common config constants core data dataset database db helper helpers lib logger main model models module network parser routes schema scripts server service services settings setup src test tests tools trainer util utils'.split(
    ' ',
  ),
);

let table: Map<string, string> | null = null;

/**
 * Distributions that could provide `name` ("yaml", "google.cloud.storage"), the likeliest first.
 * Those of the table are vetted; the others are guesses, to be checked against the known names.
 */
export function distributionsFor(name: string): { distribution: string; vetted: boolean }[] {
  table ??= new Map(
    TABLE.trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  const found = [];
  for (let part = name; part !== ''; part = part.slice(0, Math.max(part.lastIndexOf('.'), 0))) {
    const listed = table.get(part);
    if (listed) found.push({ distribution: listed, vetted: true });
    else if (isGuess(part)) found.push({ distribution: normaliseName(part), vetted: false });
  }
  return found;
}

/** A namespace by itself is no distribution to guess: `google` is an unrelated package. */
function isGuess(part: string): boolean {
  return !USUALLY_LOCAL.has(part) && !NAMESPACES.split(' ').includes(part);
}
