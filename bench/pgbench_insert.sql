-- One row of the wide register's size a transaction, each with its own key; started with -D n=0.
\set n :n + 1
\set code 911101080000000000 + :client_id * 1000000000 + :n
INSERT INTO wide_register VALUES (:code, '北京兴天恒创科技股份有限公司', '2003-05-27',
  '有限责任公司(自然人投资或控股)', '欧阳建国', 4110000.49, 'CNY',
  '公路、市政、铁路工程建筑；销售建材（不在原店经营）；设计、制作、代理、发布广告；货物进出口、技术进出口；普通货运。',
  '北京市', '海淀区', '北京市海淀区中关村南大街153号17号楼13层33室', '110108', :n,
  '2003-05-27T13:48:21Z', '存续', '已办理三证合一');
